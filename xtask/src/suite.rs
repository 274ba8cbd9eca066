//! The whole test suite.

use crate::step::{self, Result};
use crate::{deny, fixtures, fuzz, tools};

/// How long each fuzz target runs beside the tests. What was found once is in
/// its seeds, and tried first.
const FUZZ_SECONDS: u32 = 5;

pub(crate) fn run() -> Result {
    // Asked before anything is built: a build of the whole workspace puts another
    // file where this one was started from, and the system then calls this one
    // deleted.
    let this = std::env::current_exe().map_err(|error| format!("where am I: {error}"))?;
    tools::wasm_target()?;
    step::run(step::cargo().args(["fmt", "--all", "--check"]))?;
    deny::run()?;
    step::run(step::cargo().args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))?;
    // The command itself first: the end-to-end tests drive it.
    step::run(step::cargo().args(["build", "--locked", "--workspace"]))?;
    fixtures::run()?;
    step::run(step::cargo().args(["test", "--locked", "--workspace", "--no-fail-fast"]))?;
    fuzz::brief(&this, FUZZ_SECONDS)
}
