//! Building the runner: a static program for each kind of machine that components
//! are deployed to.
//!
//! It is built in a directory of its own, so that the features it leaves out
//! (the compiler above all) are left out, and the workspace's build is not
//! disturbed. `run v2` finds it in the user's cache.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use run_files::{atomic, runner};

use crate::cache::{self, at};
use crate::fixtures::python_package;
use crate::step::{self, Result};
use crate::tools;

/// The C compiler for what is not Rust in it: any machine compiles for any other
/// with this one.
const ZIG: &str = "0.17.0";

/// Builds the runner for each target named, or for all, and keeps it where
/// `run v2` looks.
pub(crate) fn run(targets: &[String]) -> Result {
    for target in chosen(targets)? {
        let built = build(target)?;
        let kept = keep(&built, target)?;
        let size = fs::metadata(&kept).map_err(|error| at(&kept, error))?.len();
        println!("{} ({size} bytes)", kept.display());
    }
    Ok(())
}

/// Those that are named, or all.
pub(crate) fn chosen(targets: &[String]) -> Result<Vec<&'static str>> {
    if targets.is_empty() {
        return Ok(runner::TARGETS.to_vec());
    }
    let known = |given: &String| {
        let found = runner::TARGETS.iter().find(|known| *known == given);
        let all = runner::TARGETS.join(", ");
        found
            .copied()
            .ok_or(format!("there is no runner for `{given}`: {all}"))
    };
    targets.iter().map(known).collect()
}

/// The program that cargo builds for a target.
pub(crate) fn build(target: &str) -> Result<PathBuf> {
    let triple = runner::triple(target).ok_or(format!("there is no target `{target}`"))?;
    tools::rust_target(triple)?;
    let compiler = c_compiler(target)?;
    let out = step::root().join("target/runner");
    let variable = triple.replace('-', "_");
    let mut cargo = step::cargo();
    cargo
        .args(["build", "--locked", "--package", "run-runner"])
        .args(["--profile", "runner", "--target", triple, "--target-dir"])
        .arg(&out)
        // It comes with the toolchain, and links for any machine.
        .env(
            format!("CARGO_TARGET_{}_LINKER", variable.to_uppercase()),
            "rust-lld",
        )
        .env(format!("CC_{variable}"), compiler.join("cc"))
        .env(format!("AR_{variable}"), compiler.join("ar"))
        .env_remove("RUSTFLAGS");
    // Those who want its place read it on stdout.
    eprintln!("building the runner for {target}");
    let status = cargo.status().map_err(|error| format!("cargo: {error}"))?;
    if !status.success() {
        return Err(format!("the runner for {target} does not build"));
    }
    Ok(out.join(triple).join("runner/run-runner"))
}

/// Puts it where `run v2` of this version looks for it.
fn keep(built: &Path, target: &str) -> Result<PathBuf> {
    let path = runner::kept(target, env!("CARGO_PKG_VERSION"))
        .ok_or("there is no cache directory to keep it in: set RUN_CACHE_DIR")?;
    let bytes = fs::read(built).map_err(|error| at(built, error))?;
    let dir = path.parent().unwrap_or(Path::new("."));
    run_files::private::make_dir(dir).map_err(|error| at(dir, error))?;
    atomic::write(&path, &bytes).map_err(|error| at(&path, error))?;
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&path, executable).map_err(|error| at(&path, error))?;
    Ok(path)
}

/// A directory with `cc` and `ar` for a target.
fn c_compiler(target: &str) -> Result<PathBuf> {
    let zig = python_package("ziglang", ZIG)?.join("ziglang/zig");
    cache::once(&format!("cc-{ZIG}-{target}"), |dir| {
        let zig = zig.display();
        // Cargo's C builder names the target in a way of its own.
        let cc = format!(
            "#!/bin/sh\nfor given; do shift; case \"$given\" in --target=*) ;; *) set -- \"$@\" \"$given\" ;; esac; done\nexec '{zig}' cc -target {target} -fno-sanitize=all \"$@\"\n"
        );
        let ar = format!("#!/bin/sh\nexec '{zig}' ar \"$@\"\n");
        for (name, script) in [("cc", cc), ("ar", ar)] {
            let path = dir.join(name);
            fs::write(&path, script).map_err(|error| at(&path, error))?;
            let executable = fs::Permissions::from_mode(0o755);
            fs::set_permissions(&path, executable).map_err(|error| at(&path, error))?;
        }
        Ok(())
    })
}
