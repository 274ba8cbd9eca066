//! What the tests of deploy providers need: the engines of the platforms, and
//! what the platforms' own commands send.

use std::process::Command;

use run_files::Digest;

use crate::cache::{self, at};
use crate::step::{self, Result};

/// Gets the packages that `tests/edge/npm` pins, and prints where they are.
pub(crate) fn packages() -> Result {
    let manifest = step::root().join("tests/edge/npm");
    let lock = manifest.join("package-lock.json");
    let pinned = std::fs::read(&lock).map_err(|error| at(&lock, error))?;
    let name = format!("edge-{}", &Digest::of(&pinned).hex()[..16]);
    let packages = cache::once(&name, |dir| {
        eprintln!("getting the engines of edge platforms");
        cache::copy(&manifest, dir)?;
        npm(dir, "ci").map_err(|error| format!("the engines cannot be had: {error}"))
    })?;
    println!("{}", packages.display());
    Ok(())
}

/// Gets the commands that `tests/edge/record` names, and records. They are
/// several hundred megabytes and needed here alone, so they are not kept.
pub(crate) fn record() -> Result {
    let here = step::root().join("tests/edge/record");
    let packages = cache::temporary(".record-")?;
    let manifest = packages.path().join("package.json");
    std::fs::copy(here.join("package.json"), &manifest).map_err(|error| at(&manifest, error))?;
    npm(packages.path(), "install")?;
    step::run(
        Command::new("node")
            .arg(here.join("record.mjs"))
            .arg(packages.path()),
    )
}

/// None of the packages has to run anything to be installed.
fn npm(dir: &std::path::Path, how: &str) -> Result {
    step::quiet(Command::new("npm").current_dir(dir).args([
        how,
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel",
        "error",
    ]))
}
