//! What the runtime cannot do, found in the world before anything is built:
//! an error now is better than a wrong value or a trap later.

use run_plugin_api::{Error, Result, events};
use wit_parser::{Function, Resolve, Type, TypeDefKind, WorldId, WorldItem};

const OTHER: &str = "the setting `engine = \"starlingmonkey\"` can, with jco installed";

/// Refuses worlds with what cannot be done, and warns of what is inexact.
pub(crate) fn refuse(resolve: &Resolve, world: WorldId) -> Result<()> {
    for (_, ty) in &resolve.types {
        if matches!(ty.kind, TypeDefKind::Stream(_) | TypeDefKind::Future(_)) {
            return Err(Error::unsupported(
                "the world has streams or futures, which a component of WASI 0.2 cannot have",
            ));
        }
    }
    let mut wide = None;
    for function in functions(resolve, world) {
        if function.kind.is_async() {
            return Err(Error::unsupported(format!(
                "`{}` is an async function, which a component of WASI 0.2 cannot have",
                function.name
            )));
        }
        let mut types: Vec<Type> = function.params.iter().map(|param| param.ty).collect();
        types.extend(function.result);
        if types.iter().any(|ty| is_wide(resolve, ty, 0)) {
            wide.get_or_insert(function.name.clone());
        }
    }
    if let Some(name) = wide {
        events::warn(&format!(
            "`{name}` takes or returns 64-bit integers, which are numbers here: \
             beyond 2^53 they are not exact; {OTHER}"
        ));
    }
    Ok(())
}

fn functions(resolve: &Resolve, world: WorldId) -> impl Iterator<Item = &Function> {
    let world = &resolve.worlds[world];
    let own = |name: &str| !name.starts_with("wasi:");
    world
        .imports
        .iter()
        .chain(&world.exports)
        .filter(move |(key, _)| own(&resolve.name_world_key(key)))
        .flat_map(|(_, item)| match item {
            WorldItem::Interface { id, .. } => resolve.interfaces[*id]
                .functions
                .values()
                .collect::<Vec<_>>(),
            WorldItem::Function(function) => vec![function],
            WorldItem::Type { .. } => Vec::new(),
        })
}

fn is_wide(resolve: &Resolve, ty: &Type, depth: usize) -> bool {
    let Type::Id(id) = ty else {
        return matches!(ty, Type::U64 | Type::S64);
    };
    if depth > 32 {
        return false;
    }
    let wide = |ty: &Type| is_wide(resolve, ty, depth + 1);
    match &resolve.types[*id].kind {
        TypeDefKind::Record(record) => record.fields.iter().any(|field| wide(&field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().any(wide),
        TypeDefKind::Variant(variant) => variant
            .cases
            .iter()
            .filter_map(|case| case.ty.as_ref())
            .any(wide),
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).any(wide),
        TypeDefKind::Option(ty) | TypeDefKind::List(ty) | TypeDefKind::Type(ty) => wide(ty),
        TypeDefKind::Map(key, value) => wide(key) || wide(value),
        _ => false,
    }
}
