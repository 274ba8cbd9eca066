//! The command as it ships.

use std::path::PathBuf;
use std::process::Command;

use crate::step::{self, Result};
use crate::tools;

/// Builds it, shows where it is.
pub(crate) fn run() -> Result {
    println!("{}", build()?.display());
    Ok(())
}

/// Builds it and says where it is.
///
/// On Linux it is one static program, which runs on every distribution. Nothing
/// is looked up or loaded at its start, and it relocates itself from a table that
/// is 200 times smaller than the usual one.
pub(crate) fn build() -> Result<PathBuf> {
    let mut cargo = step::cargo();
    cargo.args(["build", "--release", "--locked", "--package", "run-cli"]);
    let target = step::root().join("target");
    if !cfg!(target_os = "linux") {
        step::run(&mut cargo)?;
        return Ok(target.join("release/run"));
    }
    let triple = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    tools::rust_target(&triple)?;
    // The name that C is compiled with for this target, unless a variable says
    // another: see the documentation of the crate `cc`.
    let named = std::env::var_os(format!("CC_{}", triple.replace('-', "_"))).is_some();
    if !named && Command::new("musl-gcc").arg("--version").output().is_err() {
        return Err(
            "the static build compiles some C: install musl-gcc (Debian has it in musl-tools)"
                .to_owned(),
        );
    }
    step::run(
        cargo
            .args(["--target", &triple])
            .env("RUSTFLAGS", "-Clink-arg=-Wl,-z,pack-relative-relocs"),
    )?;
    Ok(target.join(triple).join("release/run"))
}
