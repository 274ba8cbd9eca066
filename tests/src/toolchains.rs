//! Components that real toolchains made, see `tests/toolchains`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::OnceLock;

use crate::command::{cargo, workspace};

/// The toolchains that the fixtures are made with.
pub const ALL: [&str; 6] = ["rust", "go", "python", "javascript", "typescript", "zig"];

/// The component of a toolchain: made where it is not there yet.
///
/// # Panics
/// It cannot be made.
#[must_use]
pub fn component(toolchain: &str, component: &str) -> PathBuf {
    static MADE: OnceLock<BTreeMap<(String, String), PathBuf>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let output = cargo()
            .current_dir(workspace())
            .args(["run", "--quiet", "--package", "xtask", "--", "fixtures"])
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "the fixtures could not be made");
        String::from_utf8(output.stdout)
            .expect("UTF-8")
            .lines()
            .map(|line| {
                let mut fields = line.split('\t').map(str::to_owned);
                let mut field = || fields.next().expect("three fields");
                ((field(), field()), PathBuf::from(field()))
            })
            .collect()
    });
    let key = (toolchain.to_owned(), component.to_owned());
    made.get(&key)
        .unwrap_or_else(|| panic!("xtask made no {component} with {toolchain}: {made:?}"))
        .clone()
}
