//! The WIT of WASI, for worlds that name it.

use std::fs;
use std::path::Path;

use crate::command::workspace;

/// Copies what a handler of requests needs into a directory.
pub(super) fn wasi(to: &Path) {
    let from = workspace().join("plugins/builders/shared/wit");
    fs::create_dir_all(to).expect("a directory");
    for file in ["clocks.wit", "http.wit", "io.wit"] {
        let name = format!("wasi-{file}");
        fs::copy(from.join(file), to.join(name)).expect("WASI is there");
    }
}
