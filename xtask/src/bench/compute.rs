//! Components that compute for long: what determinism costs, and what is left of
//! it without fuel.

use super::measure::pair;
use super::{Ours, table};
use crate::cache::{self, at};
use crate::step::{self, Result};
use crate::tools::TARGET;

const WORK: [(&str, &str, &str); 2] = [
    ("SHA-256 of 64 MiB", "hash", "64"),
    ("5,000,000 steps of five bodies", "bodies", "5000000"),
];

pub(super) fn run(ours: &Ours) -> Result {
    let sources = ours.work.join("compute");
    cache::copy(&step::root().join("tests/toolchains/compute"), &sources)?;
    step::quiet(
        step::cargo()
            .current_dir(&sources)
            .args(["build", "--locked", "--release", "--target", TARGET])
            .args(["--target-dir", "target"]),
    )?;
    let file = sources
        .join("target")
        .join(TARGET)
        .join("release/compute.wasm");
    let file = file.to_str().ok_or_else(|| at(&file, "not UTF-8"))?;
    let help = step::capture(&mut ours.v2(&ours.work, &["exec", "--help"]))?;
    let mut modes = vec![("", &[][..], 1.30)];
    if help.contains("--fast") {
        modes.push((", with --fast", &["--fast"][..], 1.02));
    } else {
        eprintln!("compute: this `exec` has no --fast, so its row is left out");
    }
    for (what, name, amount) in WORK {
        for (mode, flags, bar) in &modes {
            let our_exec = || {
                let mut command = ours.v2(&ours.work, &["exec"]);
                command.args(*flags).args([file, "--", name, amount]);
                Ok(command)
            };
            let their_run = || ours.wasmtime(&[file, name, amount]);
            step::quiet(&mut our_exec()?)?;
            step::quiet(&mut their_run()?)?;
            let samples = pair(9, our_exec, their_run, || Ok(()))?;
            table::wall(&format!("{what}{mode}"), samples, *bar);
        }
    }
    Ok(())
}
