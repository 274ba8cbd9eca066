//! A world's bindings and the runtime, linked to one component that waits for
//! its script. It depends on the world alone, so it is kept.

use std::path::PathBuf;

use run_plugin_api::{Error, Result, files};
use sha2::{Digest, Sha256};
use wit_component::{Linker, StringEncoding, embed_component_metadata, metadata};
use wit_parser::{Resolve, WorldId};

use super::{glue, runtime};
use crate::request::Request;

fn failed(error: impl std::fmt::Display) -> Error {
    Error::new(
        run_plugin_api::ErrorKind::Other,
        format!("the component cannot be linked: {error:#}"),
    )
}

/// The component's file below `/cache`.
pub(super) fn component(resolve: &Resolve, world: WorldId, request: &Request) -> Result<PathBuf> {
    let described = metadata::encode(resolve, world, StringEncoding::UTF8, None).map_err(failed)?;
    let digest = Sha256::new()
        .chain_update(env!("CARGO_PKG_VERSION"))
        .chain_update(glue::library())
        .chain_update(&described)
        .finalize();
    let name: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let path = request.cache.join("quickjs").join(format!("{name}.wasm"));
    if !path.is_file() {
        let bytes = link(resolve, world)?;
        let made = request
            .cache
            .join("quickjs")
            .join(format!("{name}-{}.part", request.name));
        files::write(&made, bytes)?;
        std::fs::rename(&made, &path).map_err(|error| Error::file("rename", &made, &error))?;
    }
    Ok(path)
}

fn link(resolve: &Resolve, world: WorldId) -> Result<Vec<u8>> {
    let (mut bindings, _) = wit_dylib::create_with_metadata(resolve, world, None);
    embed_component_metadata(&mut bindings, resolve, world, StringEncoding::UTF8)
        .map_err(failed)?;
    let mut linker = Linker::default();
    linker.encoder().validate(false);
    linker
        .library("libquickjs.wasm", &runtime::library()?, false)
        .map_err(failed)?;
    linker
        .library("libglue.wasm", &glue::library(), false)
        .map_err(failed)?;
    linker
        .library("libbindings.wasm", &bindings, false)
        .map_err(failed)?;
    linker.encode().map_err(failed)
}
