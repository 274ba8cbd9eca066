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

/// The engine of Fastly Compute.
const VICEROY: &str = "0.22.0";

/// Gets Viceroy, and prints where it is. There is no package of the program, so
/// it is compiled, once.
pub(crate) fn viceroy() -> Result {
    let home = cache::once(&format!("viceroy-{VICEROY}"), |dir| {
        eprintln!("compiling Viceroy {VICEROY}, which takes a while");
        step::quiet(
            Command::new("cargo")
                .args(["install", "viceroy", "--locked", "--version"])
                .arg(format!("={VICEROY}"))
                .arg("--root")
                .arg(dir)
                // Compiling it is what takes time, and not what it does in tests.
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
                .env_remove("CARGO_TARGET_DIR"),
        )
        .map_err(|error| format!("Viceroy {VICEROY} cannot be had: {error}"))
    })?;
    println!("{}", home.join("bin/viceroy").display());
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
