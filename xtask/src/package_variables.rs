//! What cargo tells the programs it runs about their package. `tests/src/command.rs`
//! has this file as a module too: two lists would differ one day.

/// Whether cargo sets this variable for the programs it runs: see
/// <https://doc.rust-lang.org/cargo/reference/environment-variables.html>.
pub(crate) fn is_about_a_package(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_EXE_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || [
            "CARGO_CRATE_NAME",
            "CARGO_PRIMARY_PACKAGE",
            "CARGO_TARGET_TMPDIR",
        ]
        .contains(&name)
}
