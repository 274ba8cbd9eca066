//! WIT's spelling of functions, from a decoded component.

use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId};

/// `func(s32) -> s32`, or with `deep` every named type spelled out by its
/// shape, so that two texts are equal where two types are.
pub(super) fn function(resolve: &Resolve, function: &Function, deep: bool) -> String {
    let params: Vec<_> = function
        .params
        .iter()
        .map(|param| ty(resolve, &param.ty, deep))
        .collect();
    let result = function
        .result
        .as_ref()
        .map(|result| format!(" -> {}", ty(resolve, result, deep)))
        .unwrap_or_default();
    let asynchronous = if function.kind.is_async() {
        "async "
    } else {
        ""
    };
    format!("{asynchronous}func({}){result}", params.join(", "))
}

/// The definition of a named type, by the names of what it is made of.
pub(super) fn shape(resolve: &Resolve, id: TypeId) -> String {
    kind(resolve, &resolve.types[id].kind, false)
}

/// A type by its name where it has one, or with `deep` by its shape.
pub(super) fn ty(resolve: &Resolve, t: &Type, deep: bool) -> String {
    let Type::Id(id) = t else {
        return primitive(t).to_owned();
    };
    let def = &resolve.types[*id];
    if let Some(name) = &def.name
        && (!deep || matches!(def.kind, TypeDefKind::Resource))
    {
        return name.clone();
    }
    kind(resolve, &def.kind, deep)
}

fn kind(resolve: &Resolve, kind: &TypeDefKind, deep: bool) -> String {
    let shown = |t: &Type| ty(resolve, t, deep);
    let optional = |t: &Option<Type>| t.as_ref().map_or_else(|| "_".to_owned(), shown);
    match kind {
        TypeDefKind::Type(inner) => shown(inner),
        TypeDefKind::List(inner) => format!("list<{}>", shown(inner)),
        TypeDefKind::FixedLengthList(inner, n) => format!("list<{}, {n}>", shown(inner)),
        TypeDefKind::Map(key, value) => format!("map<{}, {}>", shown(key), shown(value)),
        TypeDefKind::Option(inner) => format!("option<{}>", shown(inner)),
        TypeDefKind::Result(result) => match (&result.ok, &result.err) {
            (None, None) => "result".to_owned(),
            (Some(ok), None) => format!("result<{}>", shown(ok)),
            (ok, err @ Some(_)) => format!("result<{}, {}>", optional(ok), optional(err)),
        },
        TypeDefKind::Tuple(tuple) => {
            let types: Vec<_> = tuple.types.iter().map(shown).collect();
            format!("tuple<{}>", types.join(", "))
        }
        TypeDefKind::Future(inner) => format!("future<{}>", optional(inner)),
        TypeDefKind::Stream(inner) => format!("stream<{}>", optional(inner)),
        TypeDefKind::Handle(Handle::Own(id)) => ty(resolve, &Type::Id(*id), deep),
        TypeDefKind::Handle(Handle::Borrow(id)) => {
            format!("borrow<{}>", ty(resolve, &Type::Id(*id), deep))
        }
        TypeDefKind::Record(record) => braced(
            "record",
            record
                .fields
                .iter()
                .map(|f| format!("{}: {}", f.name, shown(&f.ty))),
        ),
        TypeDefKind::Variant(variant) => braced(
            "variant",
            variant.cases.iter().map(|case| match &case.ty {
                Some(t) => format!("{}({})", case.name, shown(t)),
                None => case.name.clone(),
            }),
        ),
        TypeDefKind::Enum(e) => braced("enum", e.cases.iter().map(|case| case.name.clone())),
        TypeDefKind::Flags(f) => braced("flags", f.flags.iter().map(|flag| flag.name.clone())),
        TypeDefKind::Resource => "resource".to_owned(),
        TypeDefKind::Unknown => "unknown".to_owned(),
    }
}

fn braced(keyword: &str, members: impl Iterator<Item = String>) -> String {
    format!("{keyword} {{ {} }}", members.collect::<Vec<_>>().join(", "))
}

fn primitive(t: &Type) -> &'static str {
    match t {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        Type::Id(_) => "type",
    }
}
