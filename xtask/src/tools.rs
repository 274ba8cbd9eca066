//! What the chores need on the machine, and getting it.

use std::path::Path;
use std::process::Command;

use crate::step::{self, Result};

/// The compilation target of plugins and of the examples.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// Gets the target from rustup unless the compiler has it.
pub(crate) fn wasm_target() -> Result {
    let libdir = step::capture(Command::new("rustc").current_dir(step::root()).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    step::run(
        Command::new("rustup")
            .current_dir(step::root())
            .args(["target", "add", TARGET]),
    )
    .map_err(|error| {
        format!("{error}\nthe target {TARGET} is needed: `rustup target add {TARGET}`")
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
