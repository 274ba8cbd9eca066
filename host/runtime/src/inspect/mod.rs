//! What a component is, without running it.

mod signatures;
mod world;

pub use world::{World, check_world, load_wit};

use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldId, WorldItem};

use crate::{Error, Wasm, wasm};

/// One import or export, with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name: a function's or an interface's.
    pub name: String,
    /// `func(s32) -> s32` for a function; `None` for an interface.
    pub signature: Option<String>,
    /// The functions of an interface, name and signature.
    pub functions: Vec<(String, String)>,
}

/// A component's outside.
#[derive(Debug, Clone)]
pub struct Description {
    /// Component or core module.
    pub kind: wasm::Kind,
    /// Imports in the component's own order.
    pub imports: Vec<Item>,
    /// Exports in the component's own order.
    pub exports: Vec<Item>,
}

/// Reads a component's imports and exports. A core module's are empty: what it
/// means by them is not written in it.
///
/// # Errors
/// The bytes are not valid.
pub fn describe(wasm: &Wasm) -> Result<Description, Error> {
    let invalid = |error: &dyn std::fmt::Display| Error::Invalid {
        name: wasm.name().to_owned(),
        reason: error.to_string(),
    };
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
        .validate_all(wasm.bytes())
        .map_err(|error| invalid(&error))?;
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    if wasm.kind() == wasm::Kind::Component {
        let (resolve, world) = decode(wasm)?;
        let world = &resolve.worlds[world];
        imports = items(&resolve, world.imports.iter());
        exports = items(&resolve, world.exports.iter());
    }
    Ok(Description {
        kind: wasm.kind(),
        imports,
        exports,
    })
}

fn decode(wasm: &Wasm) -> Result<(Resolve, WorldId), Error> {
    match wit_component::decode(wasm.bytes()) {
        Ok(DecodedWasm::Component(resolve, world)) => Ok((resolve, world)),
        Ok(DecodedWasm::WitPackage(..)) => Err(Error::Invalid {
            name: wasm.name().to_owned(),
            reason: "it is a WIT package, which has nothing to run".to_owned(),
        }),
        Err(error) => Err(Error::Invalid {
            name: wasm.name().to_owned(),
            reason: format!("{error:#}"),
        }),
    }
}

fn items<'a>(
    resolve: &Resolve,
    items: impl Iterator<Item = (&'a wit_parser::WorldKey, &'a WorldItem)>,
) -> Vec<Item> {
    items
        .filter_map(|(key, item)| {
            let name = resolve.name_world_key(key);
            match item {
                WorldItem::Function(function) => Some(Item {
                    name,
                    signature: Some(signatures::function(resolve, function, false)),
                    functions: Vec::new(),
                }),
                WorldItem::Interface { id, .. } => Some(Item {
                    name,
                    signature: None,
                    functions: resolve.interfaces[*id]
                        .functions
                        .iter()
                        .map(|(name, f)| (name.clone(), signatures::function(resolve, f, false)))
                        .collect(),
                }),
                // A type alone is part of the functions that use it.
                WorldItem::Type { .. } => None,
            }
        })
        .collect()
}
