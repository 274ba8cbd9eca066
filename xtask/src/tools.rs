//! What the chores need on the machine, and getting it.

use std::path::Path;
use std::process::Command;

use crate::step::{self, Result};

/// The compilation target of plugins and of the examples.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// Gets the target of components from rustup unless the compiler has it.
pub(crate) fn wasm_target() -> Result {
    rust_target(TARGET)
}

/// Gets a target from rustup unless the compiler has it.
pub(crate) fn rust_target(target: &str) -> Result {
    let libdir = step::capture(Command::new("rustc").current_dir(step::root()).args([
        "--print",
        "target-libdir",
        "--target",
        target,
    ]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    step::quiet(
        Command::new("rustup")
            .current_dir(step::root())
            .args(["target", "add", target]),
    )
    .map_err(|error| {
        format!("{error}\nthe target {target} is needed: `rustup target add {target}`")
    })
}

/// The triple of the machine that compiles.
pub(crate) fn host_triple() -> Result<String> {
    let version = step::capture(
        Command::new("rustc")
            .current_dir(step::root())
            .arg("--version")
            .arg("--verbose"),
    )?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| "rustc does not name its host".to_owned())
}
