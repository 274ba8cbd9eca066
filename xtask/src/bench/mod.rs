//! Measurements against the peers, paired: ours and theirs in turn, in one run,
//! on one machine. What counts is the ratio.

mod builds;
mod measure;
mod peers;
mod starts;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Result};
use crate::tools;

pub(crate) fn run(args: &[String]) -> Result {
    let only = args.first().map(String::as_str);
    if let Some(other) = only.filter(|name| !["starts", "builds"].contains(name)) {
        return Err(format!("there is no bench `{other}`: starts, builds"));
    }
    tools::wasm_target()?;
    step::run(step::cargo().args(["build", "--release", "--locked", "--package", "run-cli"]))?;
    let bench = Bench {
        run: step::root().join("target/release/run"),
        work: scratch()?,
    };
    println!("\n| what | ours | theirs | ratio |\n|---|---|---|---|");
    if only.is_none_or(|name| name == "starts") {
        starts::run(&bench)?;
    }
    if only.is_none_or(|name| name == "builds") {
        builds::run(&bench)?;
    }
    Ok(())
}

/// What every bench works with.
pub(crate) struct Bench {
    /// The command, in the profile that ships.
    run: PathBuf,
    /// A directory of this run's own.
    work: PathBuf,
}

impl Bench {
    fn v2(&self, dir: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(&self.run);
        command
            .current_dir(dir)
            .env("RUN_CACHE_DIR", self.work.join("cache"))
            .arg("v2")
            .args(args);
        command
    }
}

fn scratch() -> Result<PathBuf> {
    let dir = std::env::temp_dir().join(format!("run-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    Ok(dir)
}

/// One row of the table that ends up in `benches/README.md`.
fn row(what: &str, ours: &str, theirs: &str, ratio: Option<f64>) {
    let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    println!("| {what} | {ours} | {theirs} | {ratio} |");
}
