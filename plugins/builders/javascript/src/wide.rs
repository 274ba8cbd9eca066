//! Integers of 64 bits, which a script has as `BigInt`: where they are in what the
//! world imports and exports. The script in `scripts/wide.js` converts them there,
//! because the runtime would make doubles of them.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use wit_parser::{
    Function, FunctionKind, InterfaceId, Resolve, Type, TypeDefKind, TypeId, WorldId, WorldItem,
};

use crate::exports::exported;
use crate::names::{camel, pascal};

/// What converts them, for one world.
pub(crate) struct Wide {
    /// The script, to be run before any module.
    pub(crate) script: String,
    /// The imports that it needs.
    pub(crate) imports: Vec<String>,
}

impl Wide {
    /// `None` where the world has none of them.
    pub(crate) fn of(resolve: &Resolve, world: WorldId) -> Option<Self> {
        let mut table = Table {
            resolve,
            types: Vec::new(),
            known: HashMap::new(),
        };
        let imports = table.imports(world);
        // Where one has some, all are looked after: it matters whether a call comes
        // from another of them.
        let mut exports = table.exports(world);
        if !mentions(&exports) {
            exports.clear();
        }
        if imports.is_empty() && exports.is_empty() {
            return None;
        }
        let names = imports.iter().map(|(name, _)| name.clone()).collect();
        let types = table.types;
        let table = json!({ "types": types, "imports": imports, "exports": exports });
        Some(Self {
            script: format!(
                "const __table = {table};\n{}",
                include_str!("scripts/wide.js")
            ),
            imports: names,
        })
    }
}

/// Whether any of these functions, classes and interfaces has something to be
/// converted.
fn mentions(items: &Map<String, Value>) -> bool {
    items.values().any(is_wide)
}

fn is_wide(value: &Value) -> bool {
    match value {
        // A type by itself, or one of the table.
        Value::String(_) | Value::Number(_) => true,
        Value::Array(items) => items.iter().any(is_wide),
        Value::Object(items) => mentions(items),
        _ => false,
    }
}

/// Types are `null` where there is nothing to convert in them, `"u"` or `"s"`, or
/// numbers of `types`, each there once.
struct Table<'a> {
    resolve: &'a Resolve,
    types: Vec<Value>,
    known: HashMap<TypeId, Value>,
}

impl Table<'_> {
    /// What has something to convert, by the name of the import.
    fn imports(&mut self, world: WorldId) -> Vec<(String, Value)> {
        let resolve = self.resolve;
        let items = resolve.worlds[world].imports.iter();
        let items = items.filter_map(|(key, item)| {
            let mut members = match item {
                WorldItem::Interface { id, .. } => self.members(*id),
                WorldItem::Function(function) => {
                    Map::from_iter([("default".to_owned(), self.function(function))])
                }
                WorldItem::Type { .. } => return None,
            };
            members.retain(|_, member| is_wide(member));
            (!members.is_empty()).then(|| (resolve.name_world_key(key), Value::Object(members)))
        });
        items.collect()
    }

    fn exports(&mut self, world: WorldId) -> Map<String, Value> {
        let resolve = self.resolve;
        let items = resolve.worlds[world].exports.iter();
        let items = items.filter_map(|(key, item)| {
            let value = match item {
                WorldItem::Interface { id, .. } => json!({ "members": self.members(*id) }),
                WorldItem::Function(function) => self.function(function),
                WorldItem::Type { .. } => return None,
            };
            Some((exported(resolve, key, item)?, value))
        });
        items.collect()
    }

    /// Functions and classes of an interface, by their names in a script.
    fn members(&mut self, id: InterfaceId) -> Map<String, Value> {
        let interface = &self.resolve.interfaces[id];
        let mut members = Map::new();
        for (name, ty) in &interface.types {
            if matches!(self.resolve.types[*ty].kind, TypeDefKind::Resource) {
                let functions = interface.functions.values();
                let of_it = functions.filter(|function| function.kind.resource() == Some(*ty));
                members.insert(pascal(name), self.class(of_it));
            }
        }
        for function in interface.functions.values() {
            if function.kind.resource().is_none() {
                members.insert(camel(function.item_name()), self.function(function));
            }
        }
        members
    }

    fn class<'f>(&mut self, functions: impl Iterator<Item = &'f Function>) -> Value {
        let (mut create, mut methods, mut statics) = (Value::Null, Map::new(), Map::new());
        for function in functions {
            let name = camel(function.item_name());
            match function.kind {
                FunctionKind::Constructor(_) => create = self.function(function),
                FunctionKind::Static(_) | FunctionKind::AsyncStatic(_) => {
                    statics.insert(name, self.function(function));
                }
                _ => {
                    methods.insert(name, self.function(function));
                }
            }
        }
        json!({ "create": create, "methods": methods, "statics": statics })
    }

    /// Its own result is what it returns or throws; a method has its object as
    /// `this`.
    fn function(&mut self, function: &Function) -> Value {
        let own = usize::from(matches!(
            function.kind,
            FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
        ));
        let params = function.params.iter().skip(own);
        let params: Vec<_> = params.map(|param| self.ty(&param.ty)).collect();
        let (mut ok, mut err) = (Value::Null, Value::Null);
        // What a constructor returns is the object.
        if let Some(ty) = &function.result
            && !matches!(function.kind, FunctionKind::Constructor(_))
        {
            match self.result(ty) {
                Some(result) => {
                    ok = self.optional(&result.ok);
                    err = self.optional(&result.err);
                }
                None => ok = self.ty(ty),
            }
        }
        json!({ "params": params, "ok": ok, "err": err })
    }

    fn result(&self, ty: &Type) -> Option<wit_parser::Result_> {
        let Type::Id(id) = ty else { return None };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Result(result) => Some(result.clone()),
            _ => None,
        }
    }

    fn optional(&mut self, ty: &Option<Type>) -> Value {
        ty.as_ref().map_or(Value::Null, |ty| self.ty(ty))
    }

    fn ty(&mut self, ty: &Type) -> Value {
        match ty {
            Type::U64 => "u".into(),
            Type::S64 => "s".into(),
            Type::Id(id) => {
                if let Some(known) = self.known.get(id) {
                    return known.clone();
                }
                let value = self.defined(*id);
                self.known.insert(*id, value.clone());
                value
            }
            _ => Value::Null,
        }
    }

    fn defined(&mut self, id: TypeId) -> Value {
        let resolve = self.resolve;
        match &resolve.types[id].kind {
            TypeDefKind::Type(ty) => self.ty(ty),
            TypeDefKind::Option(ty) if self.is_option(ty) => {
                // In an option, one has cases.
                let some = self.ty(ty);
                self.cases([("some".to_owned(), some)])
            }
            TypeDefKind::Option(ty) => self.of_one("option", ty),
            TypeDefKind::List(ty) => self.of_one("list", ty),
            TypeDefKind::Map(key, value) => {
                let both = vec![self.ty(key), self.ty(value)];
                self.of_all("map", both)
            }
            TypeDefKind::Tuple(tuple) => {
                let types = tuple.types.iter().map(|ty| self.ty(ty)).collect();
                self.of_all("tuple", types)
            }
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                let fields: Vec<_> = fields
                    .map(|field| (camel(&field.name), self.ty(&field.ty)))
                    .collect();
                if fields.iter().all(|(_, ty)| ty.is_null()) {
                    return Value::Null;
                }
                self.keep(json!(["record", fields]))
            }
            TypeDefKind::Variant(variant) => {
                let cases: Vec<_> = variant
                    .cases
                    .iter()
                    .map(|case| (case.name.clone(), self.optional(&case.ty)))
                    .collect();
                self.cases(cases)
            }
            TypeDefKind::Result(result) => {
                let (ok, err) = (self.optional(&result.ok), self.optional(&result.err));
                self.cases([("ok".to_owned(), ok), ("err".to_owned(), err)])
            }
            _ => Value::Null,
        }
    }

    fn is_option(&self, ty: &Type) -> bool {
        let Type::Id(id) = ty else { return false };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Option(_) => true,
            TypeDefKind::Type(ty) => self.is_option(ty),
            _ => false,
        }
    }

    fn of_one(&mut self, kind: &str, ty: &Type) -> Value {
        match self.ty(ty) {
            Value::Null => Value::Null,
            inner => self.keep(json!([kind, inner])),
        }
    }

    fn of_all(&mut self, kind: &str, types: Vec<Value>) -> Value {
        match types.iter().all(Value::is_null) {
            true => Value::Null,
            false => self.keep(json!([kind, types])),
        }
    }

    fn cases(&mut self, cases: impl IntoIterator<Item = (String, Value)>) -> Value {
        let cases = cases.into_iter().filter(|(_, ty)| !ty.is_null());
        let cases: Map<_, _> = cases.collect();
        match cases.is_empty() {
            true => Value::Null,
            false => self.keep(json!(["variant", cases])),
        }
    }

    /// Puts a type into the table; returns its number.
    fn keep(&mut self, ty: Value) -> Value {
        self.types.push(ty);
        (self.types.len() - 1).into()
    }
}
