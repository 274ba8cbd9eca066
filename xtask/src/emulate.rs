//! What is tested of the runner, for another kind of machine than this one.
//!
//! It is no part of the suite: compiling a runner takes minutes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::cache::at;
use crate::step::{self, Result};
use crate::{runner, servers};

/// How much a program may have in its address space, in KiB. A server sets terabytes
/// aside beforehand, of which the emulator would keep account page by page; where it
/// is refused that much, it takes what it needs when it needs it.
const ADDRESSES: u64 = 64 << 20;

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
    let program = servers::machine(machine)?;
    let script = step::root().join(format!("target/runner/emulate-{machine}"));
    let text = format!(
        "#!/bin/sh\nulimit -v {ADDRESSES}\nexec '{}' \"$@\"\n",
        program.display()
    );
    fs::write(&script, text).map_err(|error| at(&script, error))?;
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&script, executable).map_err(|error| at(&script, error))?;
    Ok(Some(script))
}
