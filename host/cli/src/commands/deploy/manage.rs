//! What was deployed: `status`, `list`, `rollback`, `logs`, `destroy`.

use std::process::ExitCode;
use std::time::Duration;

use run_build::PluginSet;
use run_deploy::{Record, Stage, Status, records};
use run_project::Project;
use serde_json::{Value, json};

use super::edge::failure;
use super::profile::Chosen;
use super::session::Session;
use super::{confirmed, show};
use crate::args::{Deploy, DeployCommand};
use crate::failure::Failure;
use crate::shell::Shell;
use crate::{interrupt, project};

/// How long `logs --follow` waits between two questions.
const BETWEEN: Duration = Duration::from_secs(2);

pub(super) fn run(
    project: &Project,
    plugins: &PluginSet,
    profile: &Chosen,
    command: &DeployCommand,
    args: &Deploy,
    shell: &Shell,
) -> Result<ExitCode, Failure> {
    let cancel = interrupt::cancel_on_interrupt();
    let session = Session::new(
        project,
        plugins,
        profile,
        args,
        false,
        cancel.clone(),
        shell,
    )?;
    let names = names(project, profile, &args.to.components)?;
    let changes = matches!(
        command,
        DeployCommand::Rollback { .. } | DeployCommand::Destroy
    );
    let mut documents = Vec::new();
    for name in &names {
        let ledger = session.ledger(name, changes)?;
        let deployer = session.deployer(name, None, ledger)?;
        match command {
            DeployCommand::List => {}
            DeployCommand::Status => {
                let status = deployer.status().map_err(failure)?;
                if shell.json() {
                    documents.push(status_json(&status));
                } else {
                    show_status(&status, shell);
                }
            }
            DeployCommand::Rollback { id } => {
                let to = deployer.earlier(id.as_deref())?;
                let question = format!("Make {to} the live one of {name} again?");
                confirmed(args.to.yes, &question, shell)?;
                let watcher = |stage| {
                    if stage == Stage::Applying {
                        shell.status("Rolling back", &format!("{name} to {to}"));
                    }
                };
                let done = deployer.rollback(&to, &watcher).map_err(failure)?;
                show::done(name, &done, shell);
                documents.push(json!({
                    "name": name,
                    "deployment": show::deployment_json(&done.deployment),
                    "checked": show::checked_json(&done.checked),
                }));
            }
            DeployCommand::Destroy => {
                let question = format!(
                    "Remove {name} of the profile {} from {}, for good?",
                    profile.name, session.provider
                );
                confirmed(args.to.yes, &question, shell)?;
                deployer.destroy().map_err(failure)?;
                shell.status("Removed", name);
                documents.push(json!({ "name": name, "removed": true }));
            }
            DeployCommand::Logs { follow } => {
                let mut cursor = None;
                loop {
                    let page = deployer.logs(cursor.as_deref()).map_err(failure)?;
                    for line in &page.lines {
                        if shell.json() {
                            shell.out(&json!({ "name": name, "line": line }).to_string());
                        } else {
                            shell.out(line);
                        }
                    }
                    let next = page.cursor.filter(|_| *follow || !page.lines.is_empty());
                    // A cursor that stands still is the end of what there is.
                    if next.is_none() || (!follow && next == cursor) {
                        break;
                    }
                    cursor = next;
                    if *follow && !pause(&cancel) {
                        return Err(Failure::Interrupted);
                    }
                }
            }
        }
    }
    if shell.json() && !matches!(command, DeployCommand::Logs { .. }) {
        let document = json!({
            "profile": profile.name,
            "provider": session.provider,
            "components": documents,
        });
        shell.out(&document.to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// False where it is to stop.
fn pause(cancel: &run_plugins::cancel::Cancel) -> bool {
    const STEP: Duration = Duration::from_millis(100);
    let mut left = BETWEEN;
    while !left.is_zero() && !cancel.is_cancelled() {
        std::thread::sleep(STEP);
        left = left.saturating_sub(STEP);
    }
    !cancel.is_cancelled()
}

/// The components that are named, else those that were deployed, else all.
fn names(project: &Project, profile: &Chosen, named: &[String]) -> Result<Vec<String>, Failure> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let mut recorded: Vec<_> = records(&project.root)?
        .into_iter()
        .filter(|record| record.profile == profile.name)
        .map(|record| record.component)
        .collect();
    if recorded.is_empty() {
        let all = project::components(project, &[])?;
        recorded = all
            .iter()
            .map(|c| c.name.value.as_str().to_owned())
            .collect();
    }
    Ok(recorded)
}

/// `deploy list`: no platform is asked, no credential needed.
pub(super) fn list(project: &Project, args: &Deploy, shell: &Shell) -> Result<(), Failure> {
    let records = records(&project.root)?;
    let wanted = |record: &&Record| {
        let profile = args.to.profile.as_ref();
        profile.is_none_or(|profile| *profile == record.profile)
            && (args.to.components.is_empty() || args.to.components.contains(&record.component))
    };
    let records: Vec<_> = records.iter().filter(wanted).collect();
    if shell.json() {
        shell.out(&json!({ "records": records }).to_string());
        return Ok(());
    }
    for record in records {
        show_record(record, shell);
    }
    Ok(())
}

fn show_record(record: &Record, shell: &Shell) {
    let Record {
        component,
        profile,
        provider,
        ..
    } = record;
    shell.out(&format!("{component} → {provider} (profile {profile})"));
    if let Some(pending) = &record.pending {
        let what = match (&pending.digest, &pending.to) {
            (Some(digest), _) => format!(" {digest}"),
            (None, Some(to)) => format!(" to {to}"),
            (None, None) => String::new(),
        };
        let why = pending
            .failure
            .as_ref()
            .map_or(String::new(), |why| format!(": {why}"));
        shell.out(&format!(
            "  not finished: {}{what}{why}",
            pending.step.name()
        ));
    }
    match &record.current {
        Some(current) => {
            let url = current.url.as_deref().unwrap_or("no URL");
            let live = if current.live { "" } else { ", not seen live" };
            let digest = current
                .digest
                .as_deref()
                .unwrap_or("of an unknown artifact");
            shell.out(&format!("  recorded: {} {url} {digest}{live}", current.id));
        }
        None if record.pending.is_none() => shell.out("  recorded: nothing"),
        None => {}
    }
    for earlier in &record.previous {
        let digest = earlier.digest.as_deref().unwrap_or_default();
        shell.out(format!("  earlier: {} {digest}", earlier.id).trim_end());
    }
}

fn show_status(status: &Status, shell: &Shell) {
    show_record(&status.record, shell);
    for state in &status.states {
        let deployment = &state.deployment;
        let url = deployment.url.as_deref().unwrap_or_default();
        let digest = deployment.attribute("run:digest").unwrap_or_default();
        let message = state
            .message
            .as_ref()
            .map_or(String::new(), |m| format!(": {m}"));
        let line = format!(
            "  {}: {} {url} {digest}{message}",
            state.phase.name(),
            deployment.id
        );
        shell.out(
            &line
                .split(' ')
                .filter(|word| !word.is_empty())
                .fold(String::from(" "), |line, word| format!("{line} {word}")),
        );
    }
    if status.states.is_empty() {
        shell.out("  the platform has nothing");
    }
}

fn status_json(status: &Status) -> Value {
    let states: Vec<_> = status
        .states
        .iter()
        .map(|state| {
            let mut document = show::deployment_json(&state.deployment);
            document["phase"] = state.phase.name().into();
            document["message"] = state.message.clone().into();
            document
        })
        .collect();
    json!({ "record": status.record, "states": states })
}
