//! The reference tests of WebAssembly through our runtime.

use std::path::Path;

use crate::step::{self, Result};

/// Runs every `.wast` below the directory that is given.
pub(crate) fn run(args: &[String]) -> Result {
    let [dir] = args else {
        return Err("usage: cargo xtask reference-tests DIR".to_owned());
    };
    let dir = Path::new(dir)
        .canonicalize()
        .map_err(|error| format!("{dir}: {error}"))?;
    step::run(
        step::cargo()
            .args(["run", "--quiet", "--package", "run-tests"])
            .args(["--bin", "reference-tests", "--"])
            .arg(dir),
    )
}
