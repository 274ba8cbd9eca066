//! The page that says which language does what.

use crate::step::{self, Result};

/// Runs the conformance suite, which writes `docs/conformance.md`.
pub(crate) fn run() -> Result {
    // The whole workspace, so that dependencies are those of any other build.
    step::run(
        step::cargo()
            .args(["test", "--locked", "--workspace", "--exclude", "run-fuzz"])
            .args(["--test", "conformance"])
            .env("BLESS", "1"),
    )
}
