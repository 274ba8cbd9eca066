//! What a component is, without running it.

mod guard;
mod items;
mod metadata;
mod module;
mod needs;
mod outline;
mod packages;
mod signatures;
mod wit_error;
mod world;

pub use items::{FunctionType, Item};
pub use metadata::Metadata;
pub use module::{CoreItem, Module};
pub use needs::{Need, Needs};
pub use outline::runs_alone;
pub use packages::{Package, WorldOutline, wit_text};
pub use wit_error::WitError;
pub use world::{World, check_world, load_wit};

use wasmparser::types::Types;
use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldId};

use crate::{ArtifactCache, Error, Wasm, wasm};

/// The outside of a component or core module, and what it says of itself.
#[derive(Debug, Clone)]
pub struct Description {
    /// Component or core module.
    pub kind: wasm::Kind,
    /// A component's imports in its own order.
    pub imports: Vec<Item>,
    /// A component's exports in its own order.
    pub exports: Vec<Item>,
    /// A core module's imports.
    pub core_imports: Vec<CoreItem>,
    /// A core module's exports.
    pub core_exports: Vec<CoreItem>,
    /// What there is to say of a core module only.
    pub module: Option<Module>,
    /// What it would reach.
    pub needs: Needs,
    /// Its custom sections.
    pub metadata: Metadata,
}

/// Reads a component or core module from its bytes alone.
///
/// # Errors
/// The bytes are not valid, or are a WIT package, which has nothing to run.
pub fn describe(wasm: &Wasm) -> Result<Description, Error> {
    described(wasm, validate(wasm, &ArtifactCache::disabled())?)
}

/// Checks that there is something to run, as [`describe`] does, with what
/// `artifacts` knows to be valid.
///
/// # Errors
/// As [`describe`].
pub fn check(wasm: &Wasm, artifacts: &ArtifactCache) -> Result<(), Error> {
    described(wasm, validate(wasm, artifacts)?).map(drop)
}

fn described(wasm: &Wasm, types: Types) -> Result<Description, Error> {
    let mut description = Description {
        kind: wasm.kind(),
        imports: Vec::new(),
        exports: Vec::new(),
        core_imports: Vec::new(),
        core_exports: Vec::new(),
        module: None,
        needs: Needs::default(),
        metadata: metadata::read(wasm.bytes()),
    };
    match wasm.kind() {
        wasm::Kind::CoreModule => {
            description.core_imports = module::imports(&types);
            description.core_exports = module::exports(&types);
            description.needs = needs::of_module(&description.core_imports);
            description.module = Some(module::describe(
                wasm,
                &description.core_imports,
                &description.core_exports,
            ));
        }
        wasm::Kind::Component => {
            (description.imports, description.exports) = outside(wasm, &types)?;
            description.needs = needs::of_component(&description.imports, &description.exports);
        }
    }
    Ok(description)
}

fn outside(wasm: &Wasm, types: &Types) -> Result<(Vec<Item>, Vec<Item>), Error> {
    match to_wit(wasm, types) {
        Ok(DecodedWasm::Component(resolve, world)) => {
            let world = &resolve.worlds[world];
            Ok((
                items::of_world(&resolve, world.imports.iter()),
                items::of_world(&resolve, world.exports.iter()),
            ))
        }
        Ok(DecodedWasm::WitPackage(..)) => Err(nothing_to_run(wasm)),
        // Valid, and nothing that WIT has a form for, as a component that
        // exports a core module: what there is comes from the validator.
        Err(_) => Ok(outline::of(wasm.bytes(), types)),
    }
}

/// The types of all that is in the bytes.
fn validate(wasm: &Wasm, artifacts: &ArtifactCache) -> Result<Types, Error> {
    artifacts
        .validate(wasm.bytes(), wasmparser::WasmFeatures::all())
        .map_err(|error| Error::Invalid {
            name: wasm.name().to_owned(),
            reason: error.to_string(),
        })
}

fn nothing_to_run(wasm: &Wasm) -> Error {
    Error::Invalid {
        name: wasm.name().to_owned(),
        reason: "it is a WIT package, which has nothing to run".to_owned(),
    }
}

/// What the bytes are in WIT, or a reason why they have no form there.
fn to_wit(wasm: &Wasm, types: &Types) -> Result<DecodedWasm, String> {
    if !guard::is_of_wit(wasm.bytes(), types) {
        return Err("it has imports or exports that WIT has no form for".to_owned());
    }
    wit_component::decode(wasm.bytes()).map_err(|error| format!("{error:#}"))
}

fn decode(wasm: &Wasm, artifacts: &ArtifactCache) -> Result<(Resolve, WorldId), Error> {
    let types = validate(wasm, artifacts)?;
    match to_wit(wasm, &types) {
        Ok(DecodedWasm::Component(resolve, world)) => Ok((resolve, world)),
        Ok(DecodedWasm::WitPackage(..)) => Err(nothing_to_run(wasm)),
        Err(reason) => Err(Error::Invalid {
            name: wasm.name().to_owned(),
            reason,
        }),
    }
}
