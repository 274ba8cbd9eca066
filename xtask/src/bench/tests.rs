//! A thousand tests on one component. The peer gives all of them one instance;
//! ours are each made in an instance of their own.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use super::measure::pair;
use super::{Ours, peers, table};
use crate::cache::at;
use crate::step::{self, Result};

pub(super) fn run(ours: &Ours) -> Result {
    let run_kit = peers::run_kit()?;
    let project = ours.work.join("thousand");
    thousand(ours, &project)?;
    let our_test = || Ok(ours.v2(&project, &["test"]));
    let their_test = || {
        let mut command = Command::new(&run_kit);
        command.current_dir(&project).args(["v2", "test"]);
        Ok(command)
    };
    all_pass(&mut our_test()?)?;
    all_pass(&mut their_test()?)?;
    let samples = pair(9, our_test, their_test, || Ok(()))?;
    table::wall("1,000 tests against `run-kit test`", samples, 0.3);
    Ok(())
}

/// That a command runs them all: the peer passes over what it does not read.
fn all_pass(command: &mut Command) -> Result {
    let said = step::capture(command)?;
    let passed = said
        .lines()
        .filter(|line| line.trim_start().starts_with("PASS "))
        .count();
    if passed == 1000 {
        Ok(())
    } else {
        Err(format!(
            "{command:?} passed {passed} tests of 1000:\n{said}"
        ))
    }
}

/// The starter's component with a thousand tests, each with another argument, in
/// the form that both of us read.
fn thousand(ours: &Ours, project: &Path) -> Result {
    crate::cache::copy(&ours.starter()?, project)?;
    let mut text = "[project]\nname = \"thousand\"\nversion = \"0.1.0\"\n\n\
                    [components.hello]\npath = \"components/hello.wasm\"\n\n"
        .to_owned();
    for n in 0..1000 {
        write!(
            text,
            "[tests.greet_{n}]\ncomponent = \"hello\"\nfunction = \"greet\"\n\
             args = [\"s32:{n}\"]\nexpect = \"s32:{}\"\n\n",
            n + 1
        )
        .map_err(|error| error.to_string())?;
    }
    let manifest = project.join("run.toml");
    std::fs::write(&manifest, text).map_err(|error| at(&manifest, error))
}
