//! Builds through the plugin against the bare tool, and builds with nothing to
//! do.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::measure::{alone, pair};
use super::{Ours, remove, table};
use crate::cache;
use crate::step::{self, Result};
use crate::tools::TARGET;

pub(super) fn clean(ours: &Ours) -> Result {
    let example = example(ours)?;
    let target = ours.work.join("plain");
    let through = || {
        let args = ["build", "--release", "--component", "greeter"];
        Ok(ours.v2(&example, &args))
    };
    let plain = || {
        let mut command = Command::new("cargo");
        command
            .current_dir(&example)
            .args(["build", "--release", "--target", TARGET])
            .args(["--package", "greeter", "--target-dir"])
            .arg(&target);
        Ok(command)
    };
    // Once each beforehand, so that nothing is downloaded while it is measured.
    step::quiet(&mut through()?)?;
    step::quiet(&mut plain()?)?;
    let samples = pair(3, through, plain, || {
        [example.join(".run"), example.join("target"), target.clone()]
            .iter()
            .try_for_each(|dir| remove(dir))
    })?;
    table::wall(
        "clean release build through the plugin against `cargo build`",
        samples,
        1.03,
    );
    Ok(())
}

pub(super) fn idle(ours: &Ours) -> Result {
    let example = example(ours)?;
    step::quiet(&mut ours.v2(&example, &["build"]))?;
    let idle = alone(50, || Ok(ours.v2(&example, &["build"])))?;
    table::absolute(
        "build with nothing to do",
        idle.wall,
        Duration::from_millis(30),
    );
    Ok(())
}

fn example(ours: &Ours) -> Result<PathBuf> {
    let example = ours.work.join("greeter");
    if !example.is_dir() {
        cache::copy(&step::root().join("examples/greeter"), &example)?;
    }
    Ok(example)
}
