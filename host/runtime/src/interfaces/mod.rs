//! Interfaces beyond WASI 0.2 itself that a component may import: drafts that
//! are in use. Everything they hold is in memory and ends with the call, and
//! lists come in the order of their keys, so that runs stay the same.

mod config;
mod keyvalue;
mod logging;

use wasmtime::component::{HasData, Linker};

use crate::sandbox::State;

pub(crate) use keyvalue::Buckets;

mod bindings {
    wasmtime::component::bindgen!({
        path: "wit/extras.wit",
        world: "extras",
        imports: { default: trappable },
        with: { "wasi:keyvalue/store.bucket": super::keyvalue::Bucket },
    });
}

use bindings::wasi;

/// Lends the whole state to an interface.
struct Whole;

impl HasData for Whole {
    type Data<'a> = &'a mut State;
}

/// Links the interface that a component imports as `package/interface`, which
/// both are without a version. False where it is none of these.
pub(crate) fn link(linker: &mut Linker<State>, interface: &str) -> wasmtime::Result<bool> {
    match interface {
        "wasi:config/store" => wasi::config::store::add_to_linker::<_, Whole>(linker, |s| s)?,
        "wasi:keyvalue/store" => wasi::keyvalue::store::add_to_linker::<_, Whole>(linker, |s| s)?,
        "wasi:keyvalue/atomics" => {
            wasi::keyvalue::atomics::add_to_linker::<_, Whole>(linker, |s| s)?;
        }
        "wasi:keyvalue/batch" => wasi::keyvalue::batch::add_to_linker::<_, Whole>(linker, |s| s)?,
        "wasi:logging/logging" => wasi::logging::logging::add_to_linker::<_, Whole>(linker, |s| s)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The names by which they can be imported.
pub(crate) const NAMES: [&str; 5] = [
    "wasi:config/store@0.2.0-rc.1",
    "wasi:keyvalue/store@0.2.0-draft",
    "wasi:keyvalue/atomics@0.2.0-draft",
    "wasi:keyvalue/batch@0.2.0-draft",
    "wasi:logging/logging@0.1.0-draft",
];
