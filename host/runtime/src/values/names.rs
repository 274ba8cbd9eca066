//! The names a component gives to its types, and WIT's spelling of types and
//! signatures with them.

use wasmtime::component::types::{ComponentFunc, ComponentItem, Record, Variant};
use wasmtime::component::{Component, ResourceType, Type};

use super::same::same;
use crate::Engine;

/// How much of one type is spelled out. Types share their parts, so a small
/// component can declare one whose full spelling fills the memory.
const SPELLED: usize = 2000;

/// The named types and resources of a component: those of its exports, then
/// those of its imports. A compiled component keeps a record's name only as the
/// name under which an interface exports it, so that is where they come from.
#[derive(Clone, Default)]
pub struct Names {
    types: Vec<Named<Type>>,
    resources: Vec<Named<ResourceType>>,
}

#[derive(Clone)]
struct Named<T> {
    name: String,
    ty: T,
}

impl Names {
    /// Reads them from a component's type.
    #[must_use]
    pub fn of(engine: &Engine, component: &Component) -> Self {
        let engine = engine.wasmtime();
        let ty = component.component_type();
        let mut names = Self::default();
        for (name, item) in ty.exports(engine).chain(ty.imports(engine)) {
            match item.ty {
                ComponentItem::ComponentInstance(instance) => {
                    for (inner, item) in instance.exports(engine) {
                        names.add(inner, item.ty);
                    }
                }
                item => names.add(name, item),
            }
        }
        names
    }

    fn add(&mut self, name: &str, item: ComponentItem) {
        let name = name.to_owned();
        match item {
            ComponentItem::Type(ty) => self.types.push(Named { name, ty }),
            ComponentItem::Resource(ty) => self.resources.push(Named { name, ty }),
            _ => {}
        }
    }

    /// Whether some type is called `name`.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.types.iter().any(|named| named.name == name)
            || self.resources.iter().any(|named| named.name == name)
    }

    /// Whether `ty` is one of the types called `name`.
    pub(super) fn is_called(&self, ty: &Type, name: &str) -> bool {
        match ty {
            Type::Own(resource) | Type::Borrow(resource) => self
                .resources
                .iter()
                .any(|named| named.name == name && named.ty == *resource),
            _ => self
                .types
                .iter()
                .any(|named| named.name == name && same(&named.ty, ty)),
        }
    }

    /// The names that begin a typed value, for a suggestion.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.types.iter().map(|named| named.name.as_str())
    }

    /// The name of a record, variant, enum or flags; other types are as short
    /// as their names.
    fn of_type(&self, ty: &Type) -> Option<&str> {
        matches!(
            ty,
            Type::Record(_) | Type::Variant(_) | Type::Enum(_) | Type::Flags(_)
        )
        .then(|| self.types.iter().find(|named| same(&named.ty, ty)))?
        .map(|named| named.name.as_str())
    }

    fn of_resource(&self, ty: ResourceType) -> Option<&str> {
        let named = self.resources.iter().find(|named| named.ty == ty)?;
        Some(&named.name)
    }

    /// The type as WIT spells it, by its name where it has one.
    #[must_use]
    pub fn spell(&self, ty: &Type) -> String {
        let mut speller = Speller::new(Some(self));
        speller.ty(ty);
        speller.out
    }

    /// `name: func(a: s32, p: point) -> s32`.
    #[must_use]
    pub fn signature(&self, name: &str, ty: &ComponentFunc) -> String {
        let params: Vec<_> = ty
            .params()
            .map(|(name, ty)| format!("{name}: {}", self.spell(&ty)))
            .collect();
        let result = ty
            .results()
            .next()
            .map(|ty| format!(" -> {}", self.spell(&ty)))
            .unwrap_or_default();
        format!("{name}: func({}){result}", params.join(", "))
    }

    /// The definitions of the named types that `ty` mentions directly, one
    /// level deep: `point: record { x: s32, y: s32 }`.
    pub(super) fn definitions(&self, types: &[Type]) -> Vec<String> {
        let mut found = Vec::new();
        for ty in types {
            self.collect(ty, &mut found);
        }
        let mut lines = Vec::new();
        for (name, ty) in found {
            let mut speller = Speller::new(Some(self));
            speller.shape(&ty);
            let line = format!("{name}: {}", speller.out);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }

    fn collect(&self, ty: &Type, found: &mut Vec<(String, Type)>) {
        if let Some(name) = self.of_type(ty) {
            found.push((name.to_owned(), ty.clone()));
            return;
        }
        match ty {
            Type::List(list) => self.collect(&list.ty(), found),
            Type::FixedLengthList(list) => self.collect(&list.ty(), found),
            Type::Option(option) => self.collect(&option.ty(), found),
            Type::Result(result) => {
                for ty in [result.ok(), result.err()].into_iter().flatten() {
                    self.collect(&ty, found);
                }
            }
            Type::Tuple(tuple) if tuple.types().len() <= 16 => {
                for ty in tuple.types() {
                    self.collect(&ty, found);
                }
            }
            _ => {}
        }
    }
}

/// The type as WIT spells it; records and their like by their shape.
#[must_use]
pub fn type_name(ty: &Type) -> String {
    Names::default().spell(ty)
}

/// `name: func(a: s32, b: s32) -> s32`, records and their like by their shape.
#[must_use]
pub fn signature(name: &str, ty: &ComponentFunc) -> String {
    Names::default().signature(name, ty)
}

struct Speller<'a> {
    names: Option<&'a Names>,
    out: String,
}

impl<'a> Speller<'a> {
    fn new(names: Option<&'a Names>) -> Self {
        Self {
            names,
            out: String::new(),
        }
    }

    fn ty(&mut self, ty: &Type) {
        if self.out.len() > SPELLED {
            self.out.push('…');
            return;
        }
        match self.names.and_then(|names| names.of_type(ty)) {
            Some(name) => self.out.push_str(name),
            None => self.shape(ty),
        }
    }

    fn shape(&mut self, ty: &Type) {
        match ty {
            Type::List(list) => self.generic("list", [list.ty()], ""),
            Type::FixedLengthList(list) => {
                self.generic("list", [list.ty()], &format!(", {}", list.len()));
            }
            Type::Map(map) => self.generic("map", [map.key(), map.value()], ""),
            Type::Option(option) => self.generic("option", [option.ty()], ""),
            Type::Tuple(tuple) => self.generic("tuple", tuple.types(), ""),
            Type::Result(result) => match (result.ok(), result.err()) {
                (None, None) => self.out.push_str("result"),
                (Some(ok), None) => self.generic("result", [ok], ""),
                (Some(ok), Some(err)) => self.generic("result", [ok, err], ""),
                (None, Some(err)) => {
                    self.out.push_str("result<_, ");
                    self.ty(&err);
                    self.out.push('>');
                }
            },
            Type::Record(record) => self.record(record),
            Type::Variant(variant) => self.variant(variant),
            Type::Enum(names) => self.braced("enum", names.names()),
            Type::Flags(flags) => self.braced("flags", flags.names()),
            Type::Own(resource) => self.resource(*resource),
            Type::Borrow(resource) => {
                self.out.push_str("borrow<");
                self.resource(*resource);
                self.out.push('>');
            }
            other => self.out.push_str(plain(other)),
        }
    }

    fn generic(&mut self, name: &str, types: impl IntoIterator<Item = Type>, last: &str) {
        self.out.push_str(name);
        self.out.push('<');
        self.separated(types, |speller, ty| speller.ty(&ty));
        self.out.push_str(last);
        self.out.push('>');
    }

    fn record(&mut self, record: &Record) {
        self.out.push_str("record { ");
        self.separated(record.fields(), |speller, field| {
            speller.out.push_str(field.name);
            speller.out.push_str(": ");
            speller.ty(&field.ty);
        });
        self.out.push_str(" }");
    }

    fn variant(&mut self, variant: &Variant) {
        self.out.push_str("variant { ");
        self.separated(variant.cases(), |speller, case| {
            speller.out.push_str(case.name);
            if let Some(ty) = &case.ty {
                speller.out.push('(');
                speller.ty(ty);
                speller.out.push(')');
            }
        });
        self.out.push_str(" }");
    }

    fn braced<'n>(&mut self, keyword: &str, names: impl Iterator<Item = &'n str>) {
        self.out.push_str(keyword);
        self.out.push_str(" { ");
        self.separated(names, |speller, name| speller.out.push_str(name));
        self.out.push_str(" }");
    }

    fn separated<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        for (number, item) in items.into_iter().enumerate() {
            if number > 0 {
                self.out.push_str(", ");
            }
            if self.out.len() > SPELLED {
                self.out.push('…');
                return;
            }
            each(self, item);
        }
    }

    fn resource(&mut self, ty: ResourceType) {
        let name = self
            .names
            .and_then(|names| names.of_resource(ty))
            .unwrap_or("resource");
        self.out.push_str(name);
    }
}

fn plain(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::S8 => "s8",
        Type::U8 => "u8",
        Type::S16 => "s16",
        Type::U16 => "u16",
        Type::S32 => "s32",
        Type::U32 => "u32",
        Type::S64 => "s64",
        Type::U64 => "u64",
        Type::Float32 => "f32",
        Type::Float64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::Future(_) => "future",
        Type::Stream(_) => "stream",
        Type::ErrorContext => "error-context",
        _ => "type",
    }
}
