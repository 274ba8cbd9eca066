//! A component as JavaScript modules, for platforms whose engine is a
//! JavaScript engine.
//!
//! `js-component-bindgen` makes core modules and the JavaScript between them;
//! `js/` is the WASI that they import, over what such platforms have: `fetch`,
//! timers, `crypto`. What waits suspends WebAssembly (JSPI), so bodies stream and
//! the guest sleeps without keeping anything busy. Each request gets an instance
//! of its own, as in `wasmtime serve`.

mod inspect;
mod module;
mod shim;
#[cfg(target_family = "wasm")]
mod translate;

use run_plugin_api::Result;

pub use inspect::Outside;
pub use module::{Kind, Module};
pub use shim::{ENTRY_IMPORTS, INTERFACES};

/// Core modules, `app.js`, and the WASI they need: everything but the entry,
/// which is the platform's own.
///
/// # Errors
/// It is no component, or has something that cannot be translated.
pub fn bundle(component: &[u8]) -> Result<Vec<Module>> {
    let mut modules = translated(component)?;
    modules.extend(shim::modules());
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(modules)
}

/// All of them, in bytes.
#[must_use]
pub fn size(modules: &[Module]) -> usize {
    modules.iter().map(|module| module.bytes.len()).sum()
}

#[cfg(target_family = "wasm")]
use translate::translate as translated;

/// The translator is compiled for plugins alone, see `Cargo.toml`.
#[cfg(not(target_family = "wasm"))]
fn translated(_: &[u8]) -> Result<Vec<Module>> {
    Err(run_plugin_api::Error::unsupported(
        "components are translated inside the plugin, which is WebAssembly",
    ))
}
