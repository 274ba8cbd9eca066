//! From what a plugin made to the component in its place: encoded, validated,
//! checked against its world, marked with where it came from, and moved whole.

use std::path::Path;

use run_files::atomic;
use run_runtime::inspect::{self, World};
use run_runtime::{ArtifactCache, Wasm, encode, wasm};
use wasm_metadata::AddMetadata;

use crate::error::BuildError;

/// Who made a component.
pub(crate) struct Provenance {
    /// The language, as `run.toml` spells it.
    pub(crate) language: String,
    /// The plugin's id and version.
    pub(crate) plugin: (String, String),
}

/// Checks the bytes and returns the component that is to be published. What
/// `artifacts` knows to be valid is not validated again.
pub(crate) fn finish(
    name: &str,
    bytes: Vec<u8>,
    world: Option<&World>,
    provenance: Option<&Provenance>,
    artifacts: &ArtifactCache,
) -> Result<Wasm, BuildError> {
    let invalid = |reason: String| BuildError::Output {
        name: name.to_owned(),
        reason,
    };
    let mut made = Wasm::from_bytes(name, bytes)?;
    if made.kind() == wasm::Kind::CoreModule {
        let encoded = encode::component(&made)?.into_owned();
        made = Wasm::from_bytes(name, encoded)?;
    }
    match world {
        Some(world) => inspect::check_world(&made, world, artifacts)?,
        None => inspect::check(&made, artifacts)?,
    }
    let Some(provenance) = provenance else {
        return Ok(made);
    };
    let mut metadata = AddMetadata::default();
    let (plugin, version) = &provenance.plugin;
    metadata.processed_by = vec![
        ("run".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        (plugin.clone(), version.clone()),
    ];
    metadata.language = vec![(provenance.language.clone(), String::new())];
    let marked = metadata
        .to_wasm(made.bytes())
        .map_err(|error| invalid(format!("{error:#}")))?;
    Ok(Wasm::from_bytes(name, marked)?)
}

/// Puts the component in its place, whole or not at all. Whether a later build
/// finds it as it was put there, its record tells by its digest.
pub(crate) fn publish(component: &Wasm, output: &Path) -> Result<(), BuildError> {
    let write = || {
        if let Some(dir) = output.parent() {
            std::fs::create_dir_all(dir)?;
        }
        atomic::write_unflushed(output, component.bytes())
    };
    write().map_err(|source| BuildError::io(format!("cannot write `{}`", output.display()), source))
}
