//! Components that provide nothing but types.
//!
//! An interface that others `use` types of is an import of theirs, although
//! nothing of it is there when they run. Such types are equal by their shape, so
//! the importer's own description of them is as good as anyone's: a component
//! without code that exports it is made on the spot.

use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, TypeOwner, WorldId, WorldItem};

use crate::Wasm;

/// The interface that holds a world's own types.
const WORLD_TYPES: &str = "run:world-types/types";

/// An empty core module.
const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

/// A component without code, and where in it the types are.
pub(super) struct Types {
    pub(super) bytes: Vec<u8>,
    /// The instance it exports.
    pub(super) interface: String,
    /// The type in that instance, where a single type was imported.
    pub(super) ty: Option<String>,
}

/// Types for the import `name` of `importer`.
///
/// # Errors
/// The importer's WIT cannot be read out of it.
pub(super) fn provide(importer: &Wasm, name: &str) -> Result<Types, String> {
    let (mut resolve, world) = match wit_component::decode(importer.bytes()) {
        Ok(DecodedWasm::Component(resolve, world)) => (resolve, world),
        Ok(DecodedWasm::WitPackage(..)) => return Err("it is a WIT package".to_owned()),
        Err(error) => return Err(format!("{error:#}")),
    };
    let (interface, ty) = if name.contains(':') {
        (name.to_owned(), None)
    } else {
        gather(&mut resolve, world)?;
        (WORLD_TYPES.to_owned(), Some(name.to_owned()))
    };
    let bytes = encode(&mut resolve, &interface).map_err(|error| format!("{error:#}"))?;
    Ok(Types {
        bytes,
        interface,
        ty,
    })
}

/// Moves the types of a world into an interface, which can be exported.
fn gather(resolve: &mut Resolve, world: WorldId) -> Result<(), String> {
    let package = resolve
        .push_source(
            "world-types.wit",
            "package run:world-types; interface types {}",
        )
        .map_err(|error| format!("{error:#}"))?;
    let interface = resolve.packages[package].interfaces["types"];
    let types: Vec<_> = resolve.worlds[world]
        .imports
        .values()
        .filter_map(|item| match item {
            WorldItem::Type { id, .. } => Some(*id),
            _ => None,
        })
        .collect();
    for id in types {
        resolve.types[id].owner = TypeOwner::Interface(interface);
        if let Some(name) = resolve.types[id].name.clone() {
            resolve.interfaces[interface].types.insert(name, id);
        }
    }
    resolve.worlds[world]
        .imports
        .retain(|_, item| !matches!(item, WorldItem::Type { .. }));
    Ok(())
}

fn encode(resolve: &mut Resolve, interface: &str) -> Result<Vec<u8>, String> {
    let text = format!("package run:only-types; world types {{ export {interface}; }}");
    let package = resolve
        .push_source("only-types.wit", &text)
        .map_err(|error| format!("{error:#}"))?;
    let world = resolve.packages[package].worlds["types"];
    let mut module = EMPTY.to_vec();
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)
        .map_err(|error| format!("{error:#}"))?;
    ComponentEncoder::default()
        .module(&module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| format!("{error:#}"))
}
