//! `run v2 toolchain list`.

use std::process::ExitCode;

use run_plugins::Place;
use serde_json::{Value, json};

use super::{State, Status, Survey, statuses};
use crate::failure::Failure;
use crate::shell::Shell;
use crate::{interrupt, project};

pub(crate) fn run(shell: &Shell) -> Result<ExitCode, Failure> {
    let survey = Survey::of(project::load(shell)?, &interrupt::cancel_on_interrupt())?;
    let statuses = statuses(&survey)?;
    if shell.json() {
        let tools: Vec<_> = statuses.iter().map(|s| as_json(s, &survey)).collect();
        shell.out(&json!({ "tools": tools }).to_string());
        return Ok(ExitCode::SUCCESS);
    }
    for status in &statuses {
        shell.out(&text(status, &survey));
    }
    if statuses.is_empty() {
        shell.status("None", "this project's components need no tools");
    }
    Ok(ExitCode::SUCCESS)
}

fn text(status: &Status<'_>, survey: &Survey) -> String {
    let need = status.need;
    let mut lines = vec![match &need.found {
        Ok(tool) => format!(
            "{} {}",
            tool.program,
            tool.version.as_deref().unwrap_or("(it has no version)")
        ),
        Err(_) => format!("{} is missing", need.program()),
    }];
    for (reason, components) in reasons(status) {
        lines.push(format!("  for:      {} ({reason})", components.join(", ")));
    }
    if let Some(accepts) = need.accepts() {
        lines.push(format!("  accepted: {accepts}"));
    }
    if let Some(pinned) = survey.pins.versions.get(need.program()) {
        let remark = match &status.state {
            State::Drifted(_) | State::Changed { .. } => " (this is another)",
            State::NoChecksum => " (no checksum for this platform)",
            _ => "",
        };
        lines.push(format!("  pinned:   {pinned}{remark}"));
    }
    match &need.found {
        Ok(tool) => lines.push(format!(
            "  found:    {} ({})",
            tool.path.display(),
            place(&tool.place)
        )),
        Err(error) => {
            lines.push(format!("  {error}"));
            lines.extend(error.help().map(|help| format!("  {help}")));
        }
    }
    lines.join("\n")
}

/// The components by what each needs the tool for.
fn reasons<'s>(status: &'s Status<'_>) -> Vec<(&'s str, Vec<&'s str>)> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for wanted in &status.need.wanted_by {
        match reasons.iter_mut().find(|(why, _)| *why == wanted.reason) {
            Some((_, components)) => components.push(&wanted.component),
            None => reasons.push((&wanted.reason, vec![&wanted.component])),
        }
    }
    reasons
}

fn place(place: &Place) -> &'static str {
    match place {
        Place::Installed(_) => "installed for this project",
        Place::Project => "in this project",
        Place::Path => "PATH",
    }
}

/// A tool as data.
pub(crate) fn as_json(status: &Status<'_>, survey: &Survey) -> Value {
    let need = status.need;
    let tool = need.found.as_ref().ok();
    let wanted_by: Vec<_> = need
        .wanted_by
        .iter()
        .map(|wanted| json!({ "component": wanted.component, "reason": wanted.reason }))
        .collect();
    let problem = status
        .problem()
        .map(|(message, help)| json!({ "message": message, "help": help }));
    json!({
        "program": need.program(),
        "plugin": need.plugin.plugin.name,
        "state": match status.state {
            State::Pinned => "pinned",
            State::NoChecksum => "no-checksum",
            State::Unpinned => "unpinned",
            State::Drifted(_) => "drifted",
            State::Changed { .. } => "changed",
            State::Missing(_) => "missing",
        },
        "version": tool.and_then(|tool| tool.version.as_deref()),
        "accepts": need.accepts(),
        "pinned": survey.pins.versions.get(need.program()),
        "path": tool.map(|tool| tool.path.display().to_string()),
        "place": tool.map(|tool| match tool.place {
            Place::Installed(_) => "installed",
            Place::Project => "project",
            Place::Path => "path",
        }),
        "installable": !need.declared.packages.is_empty(),
        "wanted_by": wanted_by,
        "problem": problem,
    })
}
