//! Guests that the tests run, each built once, with plain cargo.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::command::{cargo, workspace};

/// The component with a function for each type, `tests/values`.
///
/// # Panics
/// It does not build.
pub fn values() -> &'static Path {
    static GUEST: OnceLock<PathBuf> = OnceLock::new();
    GUEST.get_or_init(|| built("run-values-guest"))
}

/// The component that reaches for what it may be denied, `tests/reach`.
///
/// # Panics
/// It does not build.
pub fn reach() -> &'static Path {
    static GUEST: OnceLock<PathBuf> = OnceLock::new();
    GUEST.get_or_init(|| built("run-reach-guest"))
}

/// The component that answers requests in every way, `tests/web`.
///
/// # Panics
/// It does not build.
pub fn web() -> &'static Path {
    static GUEST: OnceLock<PathBuf> = OnceLock::new();
    GUEST.get_or_init(|| built("run-web-guest"))
}

pub(crate) fn built(package: &str) -> PathBuf {
    // The directory of the other guests, which have the same dependencies.
    let target = workspace().join("target/hostile");
    let output = cargo()
        .current_dir(workspace())
        .args(["build", "--quiet", "--locked", "--package", package])
        .args(["--target", "wasm32-wasip2", "--target-dir"])
        .arg(&target)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let file = package.replace('-', "_");
    target.join(format!("wasm32-wasip2/debug/{file}.wasm"))
}

/// The command of `tests/fixtures/probe`, which tries what its arguments say.
///
/// # Panics
/// It does not build.
pub fn probe() -> &'static Path {
    static PROBE: OnceLock<PathBuf> = OnceLock::new();
    PROBE.get_or_init(|| {
        let target = workspace().join("target/probe");
        let output = cargo()
            .current_dir(workspace().join("tests/fixtures/probe"))
            .args(["build", "--quiet", "--target", "wasm32-wasip2"])
            .arg("--target-dir")
            .arg(&target)
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        target.join("wasm32-wasip2/debug/probe.wasm")
    })
}
