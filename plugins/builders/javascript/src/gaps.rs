//! What the runtime cannot do, found in the world before anything is built:
//! an error now is better than a trap later.

use run_plugin_api::{Error, Result};
use wit_parser::{Function, Resolve, TypeDefKind, WorldId, WorldItem};

/// Refuses worlds with what cannot be done.
pub(crate) fn refuse(resolve: &Resolve, world: WorldId) -> Result<()> {
    for (_, ty) in &resolve.types {
        if matches!(ty.kind, TypeDefKind::Stream(_) | TypeDefKind::Future(_)) {
            return Err(Error::unsupported(
                "the world has streams or futures, which a component of WASI 0.2 cannot have",
            ));
        }
    }
    match functions(resolve, world).find(|function| function.kind.is_async()) {
        Some(function) => Err(Error::unsupported(format!(
            "`{}` is an async function, which a component of WASI 0.2 cannot have",
            function.name
        ))),
        None => Ok(()),
    }
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
