//! Builds in which there is little to do.

use std::fs;
use std::process::Command;
use std::time::Duration;

use super::measure::alone;
use super::six::{LANGUAGES, Six};
use super::{Ours, table};
use crate::cache::{self, at};
use crate::step::{self, Result};

/// Nothing changed, in a project of one language.
pub(super) fn idle(ours: &Ours) -> Result {
    let example = ours.work.join("greeter");
    cache::copy(&step::root().join("examples/greeter"), &example)?;
    step::quiet(&mut ours.v2(&example, &["build"]))?;
    let build = || ours.v2(&example, &["build"]);
    nothing_to_do("build with nothing to do", 30, build)
}

/// Nothing changed, in a project of six.
pub(super) fn idle_six(ours: &Ours) -> Result {
    let six = Six::new(ours)?;
    step::quiet(&mut six.v2(&["build"]))?;
    all(&six, "Fresh")?;
    let build = || six.v2(&["build"]);
    nothing_to_do("build of six languages with nothing to do", 50, build)
}

/// A build that was made before; `bar` in milliseconds.
fn nothing_to_do(what: &str, bar: u64, build: impl Fn() -> Command) -> Result {
    let idle = alone(50, || Ok(build()))?;
    table::absolute(what, idle.wall, Duration::from_millis(bar));
    Ok(())
}

/// Another branch was checked out, and both were built before.
pub(super) fn checkout(ours: &Ours) -> Result {
    let six = Six::new(ours)?;
    git(&six, &["init", "--quiet", "--initial-branch", "old"])?;
    for (number, branch) in [(1, "old"), (2, "new")] {
        if branch != "old" {
            git(&six, &["checkout", "--quiet", "-b", branch])?;
        }
        for language in &LANGUAGES {
            six.edit(&six.dir, language.name, number)?;
        }
        git(&six, &["add", "--all"])?;
        git(&six, &["commit", "--quiet", "--message", branch])?;
        step::quiet(&mut six.v2(&["build"]))?;
    }
    let mut branches = ["old", "new"].into_iter().cycle();
    let mut switch = || {
        let branch = branches.next().unwrap_or("old");
        git(&six, &["checkout", "--quiet", branch])
    };
    switch()?;
    all(&six, "Cached")?;
    let hit = alone(20, || {
        switch()?;
        Ok(six.v2(&["build"]))
    })?;
    table::absolute(
        "build of six languages after `git checkout` of a branch built before",
        hit.wall,
        Duration::from_millis(100),
    );
    // For benches that follow: not every one of them knows of branches.
    fs::remove_dir_all(six.dir.join(".git")).map_err(|error| at(&six.dir, error))
}

/// A string in the source was changed, and no program is there to be found.
pub(super) fn edit(ours: &Ours) -> Result {
    const LARGEST: u64 = 1_700_000;
    let six = Six::new(ours)?;
    for (name, shown) in [("javascript", "JavaScript"), ("typescript", "TypeScript")] {
        let mut number = 10;
        let mut build = || {
            number += 1;
            six.edit(&six.dir, name, number)?;
            let mut command = six.v2(&["build", "--component", name]);
            command.env("PATH", "");
            Ok(command)
        };
        step::quiet(&mut build()?)?;
        let edit = alone(20, build)?;
        table::absolute(
            &format!("an edit of {shown} to a component, with nothing installed"),
            edit.wall,
            Duration::from_millis(60),
        );
        let component = six.dir.join(format!("target/wasm/{name}.wasm"));
        let bytes = fs::metadata(&component).map_err(|error| at(&component, error))?;
        table::size("… the component's size", bytes.len(), LARGEST);
    }
    Ok(())
}

/// That this is what becomes of all six.
fn all(six: &Six<'_>, outcome: &str) -> Result {
    let said = step::said(&mut six.v2(&["build"]))?;
    let lines = said.lines().filter(|line| line.contains(outcome));
    if lines.count() == LANGUAGES.len() {
        Ok(())
    } else {
        Err(format!("not all six are {outcome}:\n{said}"))
    }
}

fn git(six: &Six<'_>, args: &[&str]) -> Result {
    let mut command = six.tool("git", &six.dir);
    command
        .args(["-c", "user.name=bench", "-c", "user.email=bench@localhost"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(args);
    step::quiet(&mut command)
}
