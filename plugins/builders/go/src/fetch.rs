//! Getting modules, the one step that has the network.

use std::path::Path;

use run_builder_shared::noted::Noted;
use run_plugin_api::events::{self, Step};
use run_plugin_api::process::Line;
use run_plugin_api::{Error, Result};

use crate::advice;
use crate::go::{self, Work};
use crate::modules::Modules;
use crate::request::Request;

/// What came of it.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// There is nothing to fetch.
    Nothing,
    /// It was fetched before.
    Remembered(Noted),
    /// It was fetched now.
    Now(Noted),
    /// It was not, and perhaps need not be.
    Failed(Error),
}

/// Fetches what the modules require, once for each state of their files.
pub(crate) fn run(
    directory: &Path,
    work: &Work,
    modules: &Modules,
    request: &Request,
) -> Result<Fetched> {
    if !modules.all.iter().any(|module| module.requires) {
        return Ok(Fetched::Nothing);
    }
    let noted = Noted::new(request.work().join("fetched"), &modules.files());
    if noted.holds() {
        return Ok(Fetched::Remembered(noted));
    }
    fetch(directory, work, noted, request)
}

/// Fetches, whatever was done before.
pub(crate) fn fetch(
    directory: &Path,
    work: &Work,
    noted: Noted,
    request: &Request,
) -> Result<Fetched> {
    if request.offline {
        return Ok(Fetched::Failed(Error::failed("the build is offline")));
    }
    let step = Step::new(&format!("{}: fetching modules", request.name), None);
    let mut said = String::new();
    let exit = go::command(&["mod", "download"], directory, work).lines(|line| {
        let (Line::Stdout(line) | Line::Stderr(line)) = line;
        events::debug(line);
        match line.strip_prefix("go: downloading ") {
            Some(module) => step.relabel(&format!("{}: fetching {module}", request.name)),
            None => {
                said.push_str(line);
                said.push('\n');
            }
        }
    })?;
    Ok(match exit.success() {
        true => Fetched::Now(noted),
        false => Fetched::Failed(advice::explain(said.trim(), request)),
    })
}
