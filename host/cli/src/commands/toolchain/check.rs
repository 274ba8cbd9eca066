//! `run v2 toolchain check`.

use std::process::ExitCode;

use miette::Diagnostic;
use run_project::lock::platform;
use serde_json::json;

use super::{State, Survey, as_json, statuses};
use crate::failure::{FAILED, Failure, render};
use crate::shell::Shell;
use crate::{interrupt, json as described, project};

/// One tool or plugin that is not as pinned.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(run::toolchain::check))]
struct Mismatch {
    message: String,
    #[help]
    help: Option<String>,
}

pub(crate) fn run(shell: &Shell) -> Result<ExitCode, Failure> {
    let survey = Survey::of(project::load(shell)?, &interrupt::cancel_on_interrupt())?;
    let statuses = statuses(&survey)?;
    let mut mismatches: Vec<_> = statuses
        .iter()
        .filter_map(super::Status::problem)
        .map(|(message, help)| Mismatch {
            message,
            help: Some(help),
        })
        .collect();
    mismatches.extend(survey.plugins.iter().filter_map(|available| {
        let drifted = available.drifted_from?;
        Some(Mismatch {
            message: format!(
                "the plugin `{}` is not the one that run.lock.toml names\n  locked: {drifted}\n  found:  {}",
                available.plugin.name,
                available.plugin.digest()
            ),
            help: Some(
                "use the `run` it was locked with, or take this one with `run v2 toolchain sync`"
                    .to_owned(),
            ),
        })
    }));
    if shell.json() {
        let tools: Vec<_> = statuses.iter().map(|s| as_json(s, &survey)).collect();
        let problems: Vec<_> = mismatches.iter().map(|m| described::described(m)).collect();
        let ok = mismatches.is_empty();
        let document = json!({ "ok": ok, "tools": tools, "problems": problems });
        shell.out(&document.to_string());
    } else {
        for status in &statuses {
            let found = status.need.found.as_ref().ok();
            let version = found.and_then(|tool| tool.version.as_deref());
            let line = format!("{} {}", status.need.program(), version.unwrap_or_default());
            match status.state {
                State::Pinned => shell.status("Pinned", line.trim_end()),
                State::NoChecksum => shell.status(
                    "Pinned",
                    &format!(
                        "{line} (by version: `run v2 toolchain sync` adds the checksum for {})",
                        platform()
                    ),
                ),
                _ => {}
            }
        }
        for mismatch in &mismatches {
            shell.err(render(mismatch, shell).trim_end());
        }
    }
    Ok(if mismatches.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}
