//! Whether a component implements the world it is declared to.

use std::path::Path;

use wit_parser::{Resolve, WorldId, WorldItem};

use super::{decode, packages, signatures, wit_error};
use crate::{ArtifactCache, Error, Wasm};

/// A world of a WIT package on disk.
pub struct World {
    resolve: Resolve,
    id: WorldId,
}

impl World {
    /// Fully qualified, e.g. `acme:shop/checkout@1.2.0`.
    #[must_use]
    pub fn name(&self) -> String {
        full_name(&self.resolve, self.id)
    }
}

pub(super) fn full_name(resolve: &Resolve, id: WorldId) -> String {
    let world = &resolve.worlds[id];
    match world.package {
        Some(package) => resolve.id_of_name(package, &world.name),
        None => world.name.clone(),
    }
}

/// Reads a WIT file, or a directory with a package and its `deps/`, and picks
/// the world: the one named, else the only one. Errors name what is below `path`
/// as below `shown`.
///
/// # Errors
/// The WIT does not parse, or the world is missing or not the only one.
pub fn load_wit(path: &Path, shown: &Path, world: Option<&str>) -> Result<World, Error> {
    let (resolve, package) = packages::read(path, shown)?;
    let id = resolve.select_world(&[package], world).map_err(|error| {
        let reason = format!("{error:#}");
        wit_error::unchosen(&resolve, package, world, reason, shown)
    })?;
    Ok(World { resolve, id })
}

/// Checks that `wasm` exports all that the world promises, with the same types.
/// What it exports beyond that is its own affair, and so are its imports: those
/// are checked against capabilities when it runs. It is validated first, but for
/// what `artifacts` knows to be valid.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::World`] listing every export that is missing
/// or different.
pub fn check_world(wasm: &Wasm, world: &World, artifacts: &ArtifactCache) -> Result<(), Error> {
    let (component, component_world) = decode(wasm, artifacts)?;
    let exported = &component.worlds[component_world].exports;
    let promised = &world.resolve.worlds[world.id].exports;
    let mut problems = Vec::new();
    for (key, item) in promised {
        let name = world.resolve.name_world_key(key);
        let found = exported
            .iter()
            .find(|(key, _)| component.name_world_key(key) == name)
            .map(|(_, item)| item);
        match (item, found) {
            (WorldItem::Type { .. }, _) => {}
            (_, None) => problems.push(format!("missing: {name}")),
            (WorldItem::Function(want), Some(WorldItem::Function(have))) => {
                compare(&world.resolve, want, &component, have, &name, &mut problems);
            }
            (
                WorldItem::Interface { id: want, .. },
                Some(WorldItem::Interface { id: have, .. }),
            ) => {
                let have = &component.interfaces[*have].functions;
                for (function, want) in &world.resolve.interfaces[*want].functions {
                    let full = format!("{name}#{function}");
                    match have.get(function) {
                        Some(have) => {
                            compare(&world.resolve, want, &component, have, &full, &mut problems);
                        }
                        None => problems.push(format!("missing: {full}")),
                    }
                }
            }
            (_, Some(_)) => problems.push(format!("of another kind: {name}")),
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::World {
        name: wasm.name().to_owned(),
        world: world.name(),
        problems,
    })
}

fn compare(
    want_in: &Resolve,
    want: &wit_parser::Function,
    have_in: &Resolve,
    have: &wit_parser::Function,
    name: &str,
    problems: &mut Vec<String>,
) {
    let want = signatures::function(want_in, want, true);
    let have = signatures::function(have_in, have, true);
    if want != have {
        problems.push(format!("{name} is {have}, declared {want}"));
    }
}
