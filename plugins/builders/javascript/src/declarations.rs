//! Declarations of a world in TypeScript: what a source may import, and the
//! shape of what it exports.

use std::fmt::Write as _;
use std::path::PathBuf;

use run_plugin_api::{Result, files};
use wit_parser::{
    Function, FunctionKind, Handle, InterfaceId, Resolve, Type, TypeDef, TypeDefKind, WorldId,
    WorldItem, WorldKey,
};

use crate::names::{camel, pascal};
use crate::request::Request;
use crate::source;

/// Writes them for editors and for `tsc`, where somebody reads them.
pub(crate) fn write(
    resolve: &Resolve,
    world: WorldId,
    request: &Request,
) -> Result<Option<PathBuf>> {
    let typed = source::entry(&request.source).is_ok_and(|entry| source::is_typescript(&entry));
    if request.world.is_none() || !(request.settings.types || typed) {
        return Ok(None);
    }
    let path = request
        .cache
        .join("types")
        .join(format!("{}.d.ts", request.name));
    files::write_if_changed(&path, of(resolve, world))?;
    Ok(Some(path))
}

fn of(resolve: &Resolve, world: WorldId) -> String {
    let mut out = String::from("// Made from the component's WIT at each build.\n");
    let printer = Printer { resolve };
    let items = &resolve.worlds[world];
    for (key, item) in items.imports.iter().chain(&items.exports) {
        if let WorldItem::Interface { id, .. } = item {
            let name = resolve.name_world_key(key);
            let body = printer.interface(*id);
            for name in [name.split('@').next().unwrap_or(&name), &name] {
                if !out.contains(&format!("declare module \"{name}\" ")) {
                    writeln!(out, "declare module \"{name}\" {{\n{body}}}").ok();
                }
            }
        }
    }
    let full = resolve.id_of_name(items.package.expect("a world is in a package"), &items.name);
    writeln!(out, "declare module \"{full}\" {{").ok();
    for (key, item) in &items.exports {
        match (key, item) {
            (_, WorldItem::Function(function)) => {
                out.push_str(&printer.function(function, "  export function ", ";\n"));
            }
            (key, WorldItem::Interface { id, .. }) => {
                let named = match key {
                    WorldKey::Name(name) => camel(name),
                    WorldKey::Interface(id) => {
                        camel(resolve.interfaces[*id].name.as_deref().unwrap_or_default())
                    }
                };
                let from = resolve.name_world_key(key);
                let _ = id;
                writeln!(out, "  export const {named}: typeof import(\"{from}\");").ok();
            }
            (_, WorldItem::Type { id, .. }) => {
                out.push_str(&printer.definition(&resolve.types[*id]));
            }
        }
    }
    out.push_str("}\n");
    out
}

struct Printer<'a> {
    resolve: &'a Resolve,
}

impl Printer<'_> {
    fn interface(&self, id: InterfaceId) -> String {
        let interface = &self.resolve.interfaces[id];
        let mut out = String::new();
        for (name, ty) in &interface.types {
            let definition = &self.resolve.types[*ty];
            if matches!(definition.kind, TypeDefKind::Resource) {
                writeln!(out, "  export class {} {{", pascal(name)).ok();
                for function in interface.functions.values() {
                    if function.kind.resource() == Some(*ty) {
                        out.push_str(&self.member(function));
                    }
                }
                out.push_str("    [Symbol.dispose](): void;\n  }\n");
            } else {
                out.push_str(&self.definition(definition));
            }
        }
        for function in interface.functions.values() {
            if function.kind.resource().is_none() {
                out.push_str(&self.function(function, "  export function ", ";\n"));
            }
        }
        out
    }

    fn member(&self, function: &Function) -> String {
        match function.kind {
            FunctionKind::Constructor(_) => {
                format!("    constructor({});\n", self.parameters(function, 0))
            }
            FunctionKind::Static(_) | FunctionKind::AsyncStatic(_) => {
                self.function(function, "    static ", ";\n")
            }
            _ => format!(
                "    {}({}): {};\n",
                camel(function.item_name()),
                self.parameters(function, 1),
                self.returned(function)
            ),
        }
    }

    fn function(&self, function: &Function, before: &str, after: &str) -> String {
        format!(
            "{before}{}({}): {}{after}",
            camel(function.item_name()),
            self.parameters(function, 0),
            self.returned(function)
        )
    }

    fn parameters(&self, function: &Function, skip: usize) -> String {
        let parameters: Vec<_> = function
            .params
            .iter()
            .skip(skip)
            .map(|param| format!("{}: {}", argument(&param.name), self.ty(&param.ty)))
            .collect();
        parameters.join(", ")
    }

    /// A function's own result is what it returns or throws.
    fn returned(&self, function: &Function) -> String {
        let Some(ty) = &function.result else {
            return "void".to_owned();
        };
        if let Type::Id(id) = ty
            && let TypeDefKind::Result(result) = &self.resolve.types[*id].kind
        {
            return result
                .ok
                .as_ref()
                .map_or("void".to_owned(), |ty| self.ty(ty));
        }
        self.ty(ty)
    }

    fn definition(&self, definition: &TypeDef) -> String {
        let Some(name) = &definition.name else {
            return String::new();
        };
        let name = pascal(name);
        match &definition.kind {
            TypeDefKind::Record(record) => {
                let mut out = format!("  export interface {name} {{\n");
                for field in &record.fields {
                    writeln!(out, "    {}: {};", camel(&field.name), self.ty(&field.ty)).ok();
                }
                out + "  }\n"
            }
            TypeDefKind::Flags(flags) => {
                let mut out = format!("  export interface {name} {{\n");
                for flag in &flags.flags {
                    writeln!(out, "    {}?: boolean;", camel(&flag.name)).ok();
                }
                out + "  }\n"
            }
            TypeDefKind::Enum(cases) => {
                let cases: Vec<_> = cases
                    .cases
                    .iter()
                    .map(|case| format!("\"{}\"", case.name))
                    .collect();
                format!("  export type {name} = {};\n", cases.join(" | "))
            }
            TypeDefKind::Variant(variant) => {
                let cases: Vec<_> = variant
                    .cases
                    .iter()
                    .map(|case| match &case.ty {
                        Some(ty) => {
                            format!("{{ tag: \"{}\"; val: {} }}", case.name, self.ty(ty))
                        }
                        None => format!("{{ tag: \"{}\" }}", case.name),
                    })
                    .collect();
                format!("  export type {name} = {};\n", cases.join(" | "))
            }
            kind => format!("  export type {name} = {};\n", self.kind(kind)),
        }
    }

    fn ty(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "boolean".to_owned(),
            Type::U64 | Type::S64 => "bigint".to_owned(),
            Type::Char | Type::String => "string".to_owned(),
            Type::ErrorContext => "unknown".to_owned(),
            Type::Id(id) => {
                let definition = &self.resolve.types[*id];
                match &definition.name {
                    Some(name) => pascal(name),
                    None => self.kind(&definition.kind),
                }
            }
            _ => "number".to_owned(),
        }
    }

    fn kind(&self, kind: &TypeDefKind) -> String {
        match kind {
            TypeDefKind::List(Type::U8) => "Uint8Array".to_owned(),
            TypeDefKind::List(ty) => format!("Array<{}>", self.ty(ty)),
            TypeDefKind::Map(key, value) => {
                format!("Map<{}, {}>", self.ty(key), self.ty(value))
            }
            TypeDefKind::Tuple(tuple) => {
                let types: Vec<_> = tuple.types.iter().map(|ty| self.ty(ty)).collect();
                format!("[{}]", types.join(", "))
            }
            TypeDefKind::Option(ty) => format!("{} | null | undefined", self.ty(ty)),
            TypeDefKind::Result(result) => {
                let value = |ty: &Option<Type>| {
                    ty.as_ref().map_or("undefined".to_owned(), |ty| self.ty(ty))
                };
                format!(
                    "{{ tag: \"ok\"; val: {} }} | {{ tag: \"err\"; val: {} }}",
                    value(&result.ok),
                    value(&result.err)
                )
            }
            TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => self.ty(&Type::Id(*id)),
            TypeDefKind::Type(Type::Id(id)) => self.elsewhere(&self.resolve.types[*id]),
            TypeDefKind::Type(ty) => self.ty(ty),
            _ => "unknown".to_owned(),
        }
    }

    /// A type that another interface has.
    fn elsewhere(&self, definition: &TypeDef) -> String {
        let wit_parser::TypeOwner::Interface(owner) = definition.owner else {
            return "unknown".to_owned();
        };
        match (self.resolve.id_of(owner), &definition.name) {
            (Some(from), Some(name)) => format!("import(\"{from}\").{}", pascal(name)),
            _ => "unknown".to_owned(),
        }
    }
}

/// A parameter's name, which must not be a word of the language.
fn argument(name: &str) -> String {
    const WORDS: [&str; 20] = [
        "arguments",
        "case",
        "catch",
        "class",
        "const",
        "default",
        "delete",
        "enum",
        "export",
        "extends",
        "function",
        "in",
        "new",
        "package",
        "super",
        "switch",
        "this",
        "typeof",
        "var",
        "with",
    ];
    let name = camel(name);
    if WORDS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}
