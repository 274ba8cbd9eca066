//! Builds through the plugin against the bare tool, and builds with nothing to
//! do.

use std::path::Path;
use std::process::Command;

use super::measure::{alone, milliseconds, pair};
use super::{Bench, row};
use crate::step::{self, Result};
use crate::tools::TARGET;

pub(super) fn run(bench: &Bench) -> Result {
    let example = bench.work.join("greeter");
    copy(&step::root().join("examples/greeter"), &example)?;
    let target = bench.work.join("plain");
    let clean = || {
        for dir in [example.join(".run"), example.join("target"), target.clone()] {
            match std::fs::remove_dir_all(&dir) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(format!("{}: {error}", dir.display()));
                }
                _ => {}
            }
        }
        Ok(())
    };
    let ours = || bench.v2(&example, &["build", "--release", "--component", "greeter"]);
    let plain = || {
        let mut command = Command::new("cargo");
        command
            .current_dir(&example)
            .args([
                "build",
                "--release",
                "--target",
                TARGET,
                "--package",
                "greeter",
            ])
            .arg("--target-dir")
            .arg(&target);
        command
    };
    // Once each beforehand, so that nothing is downloaded while it is measured.
    step::run(&mut ours())?;
    step::run(&mut plain())?;
    let (a, b) = pair(3, ours, plain, clean)?;
    row(
        "clean release build through the plugin against `cargo build`",
        &milliseconds(a.wall),
        &milliseconds(b.wall),
        Some(a.wall.as_secs_f64() / b.wall.as_secs_f64()),
    );

    step::run(&mut bench.v2(&example, &["build"]))?;
    let idle = alone(50, || bench.v2(&example, &["build"]))?;
    row(
        "build with nothing to do",
        &milliseconds(idle.wall),
        "",
        None,
    );
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result {
    step::run(Command::new("cp").arg("-r").arg(from).arg(to))
}
