//! A thousand `[[test]]` entries.

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
    step::quiet(&mut our_test()?)?;
    step::quiet(&mut their_test()?)?;
    let samples = pair(9, our_test, their_test, || Ok(()))?;
    table::wall("1,000 tests against `run-kit test`", samples, 0.3);
    Ok(())
}

/// The starter with its one test a thousand times, each with another argument.
fn thousand(ours: &Ours, project: &Path) -> Result {
    crate::cache::copy(&ours.starter()?, project)?;
    let manifest = project.join("run.toml");
    let text = std::fs::read_to_string(&manifest).map_err(|error| at(&manifest, error))?;
    let mut text = text.split("[[test]]").next().unwrap_or_default().to_owned();
    for n in 0..1000 {
        write!(
            text,
            "[[test]]\nname = \"greet_{n}\"\ncomponent = \"hello\"\nfunction = \"greet\"\n\
             args = [\"s32:{n}\"]\nexpected = \"s32:{}\"\n\n",
            n + 1
        )
        .map_err(|error| error.to_string())?;
    }
    std::fs::write(&manifest, text).map_err(|error| at(&manifest, error))
}
