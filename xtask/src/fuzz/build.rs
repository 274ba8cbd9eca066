//! Building the fuzz targets, in one of two ways.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::step::{self, Result};
use crate::tools;

/// Coverage as libFuzzer wants it: counters, a table of places, and what
/// comparisons compare. One unit of code generation keeps the counters of a
/// crate together.
const COVERAGE: [&str; 8] = [
    "--cfg=fuzzing",
    "-Ccodegen-units=1",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
];

/// Tells a copy of this program that cargo runs it in place of the compiler.
const WRAPS: &str = "RUN_XTASK_WRAPS_COMPILER";

/// A target's name and where it is.
pub(super) type Built = Vec<(&'static str, PathBuf)>;

/// Every crate with coverage, optimised, in a directory of its own: what finds
/// most, and takes as long as the whole host to compile.
pub(super) fn whole(targets: &[&'static str]) -> Result<Built> {
    let host = tools::host_triple()?;
    let dir = super::directory()?;
    let mut command = step::cargo();
    command
        // With a target named, build scripts and macros stay as they are.
        .args(["build", "--locked", "--package", "run-fuzz"])
        .args(["--target", &host, "--profile", "fuzz", "--target-dir"])
        .arg(&dir)
        .args(targets.iter().flat_map(|target| ["--bin", target]))
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"));
    step::run(&mut command)?;
    Ok(below(&dir.join(host).join("fuzz"), targets))
}

/// Our own crates with coverage, and their dependencies as every other build has
/// them, so that nothing of those is compiled again. `this` is where this program
/// lies, which cargo runs in place of the compiler.
pub(super) fn ours(this: &Path, targets: &[&'static str]) -> Result<Built> {
    let mut command = step::cargo();
    command
        .args(["build", "--locked", "--workspace"])
        .args(targets.iter().flat_map(|target| ["--bin", target]))
        .env("RUSTC_WORKSPACE_WRAPPER", this)
        .env(WRAPS, "1");
    step::run(&mut command)?;
    Ok(below(&step::root().join("target/debug"), targets))
}

fn below(dir: &Path, targets: &[&'static str]) -> Built {
    targets
        .iter()
        .map(|&target| (target, dir.join(target)))
        .collect()
}

/// Where cargo runs this program in place of the compiler: the compiler, with
/// coverage for what a fuzzer links. Build scripts and macros run in cargo and
/// in the compiler, where nobody counts.
pub(crate) fn compiler() -> Option<ExitCode> {
    std::env::var_os(WRAPS)?;
    let mut words = std::env::args_os().skip(1);
    let mut compiler = Command::new(words.next()?);
    let words: Vec<_> = words.collect();
    let linked_elsewhere = |word: &std::ffi::OsString| {
        word == "proc-macro" || word.to_string_lossy().starts_with("build_script_")
    };
    let compiles = words.iter().any(|word| word == "--crate-name");
    if compiles && !words.iter().any(linked_elsewhere) {
        compiler.args(COVERAGE);
    }
    let ended = compiler.args(&words).env_remove(WRAPS).status();
    Some(match ended.map(|status| status.code()) {
        Ok(Some(code)) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        _ => ExitCode::FAILURE,
    })
}
