//! What is tested of the runner, for another kind of machine than this one.
//!
//! It is no part of the suite: compiling a runner takes minutes.

use std::path::PathBuf;

use crate::step::{self, Result};
use crate::{runner, servers};

/// The tests that start a runner: by itself, and as what was deployed.
const TESTS: [&str; 2] = ["runner", "provider_lambda"];

/// Builds the runner for each target named, or for all, and runs them with it.
pub(crate) fn run(targets: &[String]) -> Result {
    for target in runner::chosen(targets)? {
        let built = runner::build(target)?;
        let mut cargo = step::cargo();
        cargo
            // Nothing that was compiled for the suite is compiled again.
            .args(["test", "--locked", "--workspace"])
            .args(TESTS.iter().flat_map(|test| ["--test", test]))
            .env("RUN_TEST_RUNNER_TARGET", target)
            .env("RUN_TEST_RUNNER", built);
        if let Some(emulator) = emulator(target)? {
            cargo.env("RUN_TEST_RUNNER_BY", emulator);
        }
        step::run(&mut cargo)?;
    }
    Ok(())
}

/// What runs programs of that machine here, where it is not this one.
fn emulator(target: &str) -> Result<Option<PathBuf>> {
    let machine = target.split('-').next().unwrap_or(target);
    if machine == std::env::consts::ARCH {
        return Ok(None);
    }
    servers::machine(machine).map(Some)
}
