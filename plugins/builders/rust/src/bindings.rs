//! Packages made for `cargo component`: it writes their `src/bindings.rs`, the
//! rest is what every package gets.

use std::fs;
use std::path::Path;

use run_plugin_api::events::Step;
use run_plugin_api::process::{self, Command};
use run_plugin_api::{Error, Result, events};

use crate::metadata::Package;
use crate::request::{Request, text};
use crate::stderr::Said;

const TOOL: &str = "cargo-component";

/// Brings the package's bindings up to date; returns what they are made from.
pub(crate) fn update(package: &Package, request: &Request) -> Result<Vec<String>> {
    let directory = package.directory();
    let bindings = directory.join("src/bindings.rs");
    // The host makes an empty file where one may be written.
    let there = fs::metadata(&bindings).is_ok_and(|meta| meta.len() > 0);
    let may_write = !request.frozen_lock() && !request.offline;
    match (there, may_write && process::available(TOOL)) {
        (_, true) => generate(package, directory)?,
        (true, false) => events::info(&format!("{}: using src/bindings.rs as it is", package.name)),
        (false, false) => return Err(missing(package, may_write)),
    }
    Ok(vec![format!(
        "{}/wit/**",
        crate::inputs::escaped(&text(directory))
    )])
}

fn generate(package: &Package, directory: &Path) -> Result<()> {
    let _step = Step::new(&format!("{}: writing bindings", package.name), None);
    // From `src`, where the one file it writes is.
    let output = Command::new(TOOL)
        .args(["component", "bindings"])
        .current_dir(directory.join("src"))
        .run()?;
    if output.exit.success() {
        return Ok(());
    }
    let said = Said::of(&output.stderr);
    Err(match said.errors() {
        "" => Error::failed(format!("`cargo component bindings` {}", output.exit)),
        text => Error::failed(text),
    })
}

fn missing(package: &Package, may_write: bool) -> Error {
    let error = Error::missing_tool(format!(
        "the package `{}` has `[package.metadata.component]` and no src/bindings.rs",
        package.name
    ));
    match may_write {
        true => error.with_help(
            "install the tool that writes it with `cargo install cargo-component --locked`",
        ),
        false => error.with_help(
            "a locked, reproducible or offline build writes no source: \
             run `run v2 build` once without, and keep src/bindings.rs",
        ),
    }
}
