//! Warm starts of the smallest component, and of a bundled plugin.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::measure::{alone, pair};
use super::{Ours, peers, remove, table};
use crate::step::{self, Result};

const TIMES: usize = 200;
const EXEC: [&str; 6] = [
    "exec",
    "components/hello.wasm",
    "--function",
    "greet",
    "--args",
    "s32:42",
];

pub(super) fn starter(ours: &Ours) -> Result {
    let starter = ours.starter()?;
    let wasm = starter.join("components/hello.wasm");
    let with_wasmtime = || {
        let mut command = ours.wasmtime(&["--invoke", "greet(42)"])?;
        command.arg(&wasm);
        Ok(command)
    };
    let samples = pair(
        TIMES,
        || Ok(ours.v2(&starter, &EXEC)),
        with_wasmtime,
        || Ok(()),
    )?;
    table::wall(
        "warm exec of the starter against `wasmtime run --invoke`",
        samples,
        0.45,
    );
    table::peak(samples, 0.7);
    Ok(())
}

pub(super) fn run_kit(ours: &Ours) -> Result {
    let starter = ours.starter()?;
    let run_kit = peers::run_kit()?;
    let samples = pair(
        TIMES,
        || Ok(ours.v2(&starter, &EXEC)),
        || Ok(theirs(&run_kit, &starter)),
        || Ok(()),
    )?;
    table::wall(
        "warm exec of the starter against `run-kit exec`",
        samples,
        0.7,
    );
    table::peak(samples, 1.0);
    Ok(())
}

fn theirs(run_kit: &Path, starter: &Path) -> Command {
    let mut command = Command::new(run_kit);
    command.current_dir(starter).arg("v2").args(EXEC);
    command
}

/// What a bundled plugin costs to load, from outside: a command that loads it
/// and calls it twice, less one that does neither.
pub(super) fn plugin(ours: &Ours) -> Result {
    let made = ours.work.join("from-template");
    let loads = || {
        remove(&made)?;
        let init = ["init", "from-template", "--language", "rust"];
        let mut command = ours.v2(&ours.work, &init);
        command.args(["--template", "command"]);
        Ok(command)
    };
    step::quiet(&mut loads()?)?;
    let with = alone(TIMES, loads)?;
    let bare = alone(TIMES, || Ok(ours.v2(&ours.work, &["--help"])))?;
    table::absolute(
        "a bundled plugin, loaded warm and called twice",
        with.wall.saturating_sub(bare.wall),
        Duration::from_millis(5),
    );
    Ok(())
}
