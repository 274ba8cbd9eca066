//! The whole test suite.

use crate::step::{self, Result};
use crate::{deny, tools};

pub(crate) fn run() -> Result {
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
    step::run(step::cargo().args(["test", "--locked", "--workspace", "--no-fail-fast"]))
}
