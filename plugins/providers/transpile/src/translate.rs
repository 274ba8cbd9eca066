//! The call into `js-component-bindgen`, the Rust core of jco.

use js_component_bindgen::{AsyncMode, InstantiationMode, TranspileOpts, transpile};
use run_plugin_api::{Error, Result};

use crate::module::{Kind, Module};

/// The files are called after this: `app.js`, `app.core.wasm`, …
pub(crate) const NAME: &str = "app";

/// Functions of the WASI in `js/` that wait. Without a version, a name
/// stands for all of them. The others return at once.
const WAITING_IMPORTS: &[&str] = &[
    "wasi:io/poll#poll",
    "wasi:io/poll#[method]pollable.block",
    "wasi:io/streams#[method]input-stream.blocking-read",
    "wasi:io/streams#[method]input-stream.blocking-skip",
    "wasi:io/streams#[method]output-stream.blocking-flush",
    "wasi:io/streams#[method]output-stream.blocking-write-and-flush",
    "wasi:io/streams#[method]output-stream.blocking-write-zeroes-and-flush",
    "wasi:io/streams#[method]output-stream.blocking-splice",
    // Of the providers that have it.
    "wasi:keyvalue/store#[method]bucket.get",
    "wasi:keyvalue/store#[method]bucket.set",
    "wasi:keyvalue/store#[method]bucket.delete",
    "wasi:keyvalue/store#[method]bucket.exists",
    "wasi:keyvalue/store#[method]bucket.list-keys",
    "wasi:keyvalue/batch#get-many",
    "wasi:keyvalue/batch#set-many",
    "wasi:keyvalue/batch#delete-many",
];

/// Exports that may call one of these.
const WAITING_EXPORTS: &[&str] = &["wasi:cli/run#run", "wasi:http/incoming-handler#handle"];

/// Core modules, and the JavaScript that lifts and lowers between them and what
/// they import.
pub(crate) fn translate(component: &[u8]) -> Result<Vec<Module>> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let options = TranspileOpts {
        name: NAME.to_owned(),
        no_typescript: true,
        nodejs_compat_disabled: true,
        // The platforms forbid compiling at run time: the caller hands the
        // compiled modules in.
        instantiation_mode: Some(InstantiationMode::Async),
        // WebAssembly is suspended while the promise of an import is open.
        async_mode: Some(AsyncMode::JavaScriptPromiseIntegration {
            imports: owned(WAITING_IMPORTS),
            exports: owned(WAITING_EXPORTS),
        }),
        ..TranspileOpts::default()
    };
    let translated = transpile(component, options).map_err(|error| {
        Error::invalid_input(format!("the component cannot be translated: {error:#}"))
    })?;
    Ok(translated
        .files
        .into_iter()
        .map(|(name, bytes)| {
            let kind = match name.ends_with(".wasm") {
                true => Kind::Wasm,
                false => Kind::Script,
            };
            Module { name, kind, bytes }
        })
        .collect())
}
