//! Downloading dependencies: the one step with the network, which runs no code
//! of theirs.

use std::collections::BTreeSet;
use std::path::PathBuf;

use run_plugin_api::events::{self, Step};
use run_plugin_api::process::{Command, Line};
use run_plugin_api::{Error, Result};

use crate::advice;
use crate::request::{Request, TARGET};
use crate::stamp::Stamp;
use crate::stderr::{Kind, Said};
use crate::unit::Unit;

/// How it went. A failure is kept: what is needed may have been there already.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// Nothing was asked for, because of what an earlier build noted.
    Remembered,
    /// Everything is there, or the network is not to be used.
    Done,
    Failed(Error),
}

/// The note on what was fetched for a unit.
pub(crate) fn stamp(unit: &Unit, request: &Request) -> Stamp {
    let name = unit
        .target_dir
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    // Lone files share compiled files, and each has a workspace of its own.
    let name = match unit.hidden {
        Some(_) => format!("{name}-{}", request.name),
        None => name.into_owned(),
    };
    Stamp::new(&request.cache, &name, &unit.workspace_root)
}

/// Fetches what the unit's workspace needs, unless a note says that it is
/// there.
pub(crate) fn run(
    unit: &Unit,
    manifests: &BTreeSet<PathBuf>,
    request: &Request,
) -> Result<Fetched> {
    if request.offline
        || unit
            .hidden
            .as_ref()
            .is_some_and(|hidden| !hidden.has_dependencies)
    {
        return Ok(Fetched::Done);
    }
    let stamp = stamp(unit, request);
    if stamp.holds() {
        return Ok(Fetched::Remembered);
    }
    fetch(unit, manifests, request)
}

/// As [`run`], whatever is noted.
pub(crate) fn fetch(
    unit: &Unit,
    manifests: &BTreeSet<PathBuf>,
    request: &Request,
) -> Result<Fetched> {
    let step = Step::new(&format!("{}: fetching dependencies", unit.package), None);
    let mut said = Said::default();
    let exit = command(unit, request, host_triple().as_deref()).lines(|line| {
        let (Line::Stdout(line) | Line::Stderr(line)) = line;
        match said.line(line) {
            Kind::Progress(text) => step.relabel(&format!("{}: {text}", unit.package)),
            Kind::Warning(text) => events::warn(text),
            Kind::Other => {}
        }
    })?;
    if exit.success() {
        stamp(unit, request).write(manifests)?;
        return Ok(Fetched::Done);
    }
    events::debug(&format!("`cargo fetch` {exit}: {}", said.errors()));
    Ok(Fetched::Failed(advice::explain(said.errors(), request)))
}

/// Build scripts and procedural macros run here, so their dependencies are
/// wanted for this machine too. Where its triple is not known, all are fetched.
fn command(unit: &Unit, request: &Request, host: Option<&str>) -> Command {
    let mut command = unit
        .command("fetch")
        .arg("--manifest-path")
        .arg(unit.manifest.as_path());
    if let Some(host) = host {
        command = command.args(["--target", TARGET, "--target", host]);
    }
    if request.frozen_lock() || unit.hidden.is_some() {
        command = command.arg("--locked");
    }
    command
}

fn host_triple() -> Option<String> {
    let output = Command::new("rustc")
        .args(["--version", "--verbose"])
        .run()
        .ok()?;
    let triple = output
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("host: "))?;
    Some(triple.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;
    use crate::unit;

    #[test]
    fn both_machines_are_fetched_for() {
        let unit = unit::sample();
        let locked = Request {
            reproducible: true,
            ..request::sample()
        };
        assert_eq!(
            command(&unit, &locked, Some("x86_64-unknown-linux-gnu")).to_string(),
            "cargo fetch --manifest-path /src/a/Cargo.toml --target wasm32-wasip2 \
             --target x86_64-unknown-linux-gnu --locked"
        );
        assert_eq!(
            command(&unit, &request::sample(), None).to_string(),
            "cargo fetch --manifest-path /src/a/Cargo.toml"
        );
    }
}
