//! Warm starts: a component that was run before is run again.

use std::process::Command;

use super::measure::{alone, mebibytes, milliseconds, pair};
use super::{Bench, peers, row};
use crate::step::{self, Result};

const TIMES: usize = 200;

pub(super) fn run(bench: &Bench) -> Result {
    let wasmtime = peers::wasmtime()?;
    let run_kit = peers::run_kit()?;
    step::run(&mut bench.v2(&bench.work, &["init", "starter"]))?;
    let starter = bench.work.join("starter");
    // Every side runs the same binary component, as `wasm-tools parse` makes it.
    let wat = starter.join("components/hello.wat");
    let wasm = starter.join("components/hello.wasm");
    let bytes = wat::parse_file(&wat).map_err(|error| error.to_string())?;
    std::fs::write(&wasm, bytes).map_err(|error| error.to_string())?;

    let ours = || {
        bench.v2(
            &starter,
            &[
                "exec",
                "components/hello.wasm",
                "--function",
                "greet",
                "--args",
                "s32:42",
            ],
        )
    };
    let with_wasmtime = || {
        let mut command = Command::new(&wasmtime);
        command
            .args(["run", "-C", "cache=y", "--invoke", "greet(42)"])
            .arg(&wasm);
        command
    };
    let with_run_kit = || {
        let mut command = Command::new(&run_kit);
        command
            .current_dir(&starter)
            .args(["v2", "exec", "components/hello.wasm", "--function", "greet"])
            .args(["--args", "s32:42"]);
        command
    };
    for (name, theirs) in [
        (
            "wasmtime run --invoke",
            &with_wasmtime as &dyn Fn() -> Command,
        ),
        ("run-kit exec", &with_run_kit),
    ] {
        let (a, b) = pair(TIMES, ours, theirs, || Ok(()))?;
        row(
            &format!("warm exec of the starter against `{name}`"),
            &milliseconds(a.wall),
            &milliseconds(b.wall),
            Some(a.wall.as_secs_f64() / b.wall.as_secs_f64()),
        );
        row(
            "… peak memory",
            &mebibytes(a.peak),
            &mebibytes(b.peak),
            Some(a.peak as f64 / b.peak as f64),
        );
    }
    loading(bench)
}

/// What a bundled plugin costs to load, from outside: a command that loads it
/// and calls it twice, less one that does neither.
fn loading(bench: &Bench) -> Result {
    let made = bench.work.join("from-template");
    let loads = || {
        std::fs::remove_dir_all(&made).ok();
        bench.v2(
            &bench.work,
            &[
                "init",
                "from-template",
                "--language",
                "rust",
                "--template",
                "command",
            ],
        )
    };
    step::run(&mut loads())?;
    let with = alone(TIMES, loads)?;
    let bare = alone(TIMES, || bench.v2(&bench.work, &["--help"]))?;
    row(
        "a bundled plugin, loaded warm and called twice",
        &milliseconds(with.wall.saturating_sub(bare.wall)),
        "",
        None,
    );
    Ok(())
}
