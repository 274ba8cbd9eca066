//! Directories a guest was given.

use std::sync::atomic::Ordering;

use wasmtime::StoreContextMut;
use wasmtime::component::Linker;
use wasmtime_wasi::filesystem::WasiFilesystemView;
use wasmtime_wasi::p2::bindings::filesystem::preopens::Host;

use super::state::State;

/// Links `wasi:filesystem/preopens` under the name it is imported by, and notes
/// when a guest looks for directories that it was not given.
pub(crate) fn link_preopens(linker: &mut Linker<State>, import: &str) -> wasmtime::Result<()> {
    let directories = |mut ctx: StoreContextMut<'_, State>, (): ()| {
        let state = ctx.data_mut();
        if !state.has_directories {
            state.seen.directories.store(true, Ordering::Relaxed);
        }
        Ok((state.filesystem().get_directories()?,))
    };
    linker
        .instance(import)?
        .func_wrap("get-directories", directories)
}
