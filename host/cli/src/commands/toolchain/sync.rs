//! `run v2 toolchain sync`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use run_build::{Available, Origin};
use run_plugins::consent::Permissions;
use run_project::Lock;
use run_project::lock::{Granted, LockedPlugin, platform};
use serde_json::{Value, json};

use super::state::{has_same_bytes, tree};
use super::{Survey, statuses};
use crate::failure::{CommandError, Failure};
use crate::shell::Shell;
use crate::{interrupt, project};

pub(crate) fn run(shell: &Shell) -> Result<ExitCode, Failure> {
    let survey = Survey::of(project::load(shell)?, &interrupt::cancel_on_interrupt())?;
    let missing: Vec<_> = statuses(&survey)?
        .iter()
        .filter(|status| !status.is_there())
        .filter_map(super::Status::problem)
        .map(|(message, help)| format!("{message}\n  {help}"))
        .collect();
    if !missing.is_empty() {
        return Err(CommandError::new(
            format!(
                "what is not there cannot be pinned:\n{}",
                missing.join("\n")
            ),
            "nothing was changed; install what is missing and try again",
        )
        .into());
    }
    let mut lock = survey.lock.clone();
    let pinned = pin(&survey, &mut lock)?;
    let unpinned = forget_others(&survey, &mut lock);
    let plugins = lock_plugins(&survey, &mut lock)?;
    let changed = lock != survey.lock;
    lock.save(&survey.project.root)
        .map_err(|error| CommandError::io("cannot write run.lock.toml", &error))?;

    for program in &unpinned {
        shell.status("Unpinned", &format!("{program}, which nothing needs"));
    }
    if shell.json() {
        let document = json!({
            "changed": changed,
            "platform": platform(),
            "pinned": pinned,
            "unpinned": unpinned,
            "plugins": plugins,
        });
        shell.out(&document.to_string());
    } else {
        for entry in &pinned {
            let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
            let before = match entry["before"].as_str() {
                Some(before) if before != text("version") => format!(" (was {before})"),
                _ => String::new(),
            };
            let line = format!("{} {}{before}", text("program"), text("version"));
            shell.status("Pinned", line.trim_end());
        }
        for plugin in &plugins {
            let text = |key: &str| plugin[key].as_str().unwrap_or_default().to_owned();
            shell.status("Locked", &format!("{} {}", text("id"), text("version")));
        }
        shell.status(
            "Wrote",
            if changed {
                "run.lock.toml; commit it, so that everyone builds with the same tools"
            } else {
                "nothing: run.lock.toml says all of it already"
            },
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes down every needed tool as it is.
fn pin(survey: &Survey, lock: &mut Lock) -> Result<Vec<Value>, Failure> {
    let platform = platform();
    let mut pinned: Vec<Value> = Vec::new();
    for need in &survey.needs {
        let Ok(tool) = &need.found else { continue };
        let unreadable = |error: std::io::Error| {
            CommandError::io(format!("cannot read `{}`", tool.path.display()), &error)
        };
        let program = tool.program.as_str();
        let digest = tool.digest().map_err(unreadable)?;
        let same = pinned.iter().find(|entry| entry["program"] == program);
        if let Some(other) = same {
            if other["checksum"] != digest.to_string() {
                return Err(two_of_one(survey, program).into());
            }
            continue;
        }
        let before = lock.toolchains.get(program).cloned();
        if before != tool.version {
            // What other platforms have is of the version before.
            lock.checksums.forget(program);
            lock.installed.forget(program);
            lock.toolchains.remove(program);
        }
        if let Some(version) = &tool.version {
            lock.toolchains.insert(program.to_owned(), version.clone());
        }
        lock.checksums.forget_on(&platform, program);
        let same_bytes = has_same_bytes(survey, need, tool);
        if same_bytes {
            lock.checksums.set(&platform, program, digest);
        }
        if let Some(tree) = tree(survey, need, tool).map_err(unreadable)? {
            lock.installed.forget_on(&platform, program);
            lock.installed.set(&platform, program, tree);
        }
        pinned.push(json!({
            "program": program,
            "version": tool.version,
            "before": before,
            "checksum": digest.to_string(),
            "same_bytes": same_bytes,
        }));
    }
    Ok(pinned)
}

/// The lock has one entry for a program, and the project uses two.
fn two_of_one(survey: &Survey, program: &str) -> CommandError {
    let each: Vec<_> = survey
        .needs
        .iter()
        .filter(|need| need.program() == program)
        .filter_map(|need| {
            let tool = need.found.as_ref().ok()?;
            let components: Vec<_> = need
                .wanted_by
                .iter()
                .map(|w| w.component.as_str())
                .collect();
            Some(format!(
                "  {} {} for {}",
                tool.path.display(),
                tool.version.as_deref().unwrap_or_default(),
                components.join(", ")
            ))
        })
        .collect();
    CommandError::new(
        format!(
            "components use different programs called `{program}`, and run.lock.toml can pin one:\n{}",
            each.join("\n")
        ),
        "give them one, for instance with `run v2 toolchain install`",
    )
}

/// Takes out of the lock what no component needs; returns their names.
fn forget_others(survey: &Survey, lock: &mut Lock) -> BTreeSet<String> {
    let needed: BTreeSet<_> = survey.needs.iter().map(run_build::Need::program).collect();
    let others: BTreeSet<String> = lock
        .toolchains
        .keys()
        .map(String::as_str)
        .chain(lock.checksums.programs())
        .chain(lock.installed.programs())
        .filter(|program| !needed.contains(program))
        .map(str::to_owned)
        .collect();
    for program in &others {
        lock.toolchains.remove(program);
        lock.checksums.forget(program);
        lock.installed.forget(program);
    }
    others
}

/// Writes down the plugins that ship with `run` and build this project. Others
/// are in the lock since they were agreed to.
fn lock_plugins(survey: &Survey, lock: &mut Lock) -> Result<Vec<Value>, Failure> {
    let used: Vec<&Available> = survey
        .plugins
        .iter()
        .filter(|available| available.origin == Origin::Bundled)
        .collect();
    let stale: Vec<_> = lock
        .plugins()
        .iter()
        .filter(|locked| locked.source == project::BUNDLED)
        .map(|locked| locked.name.as_str().to_owned())
        .collect();
    for name in stale {
        lock.remove_plugin(&name);
    }
    let mut locked = Vec::new();
    for available in used {
        let plugin = &available.plugin;
        let about = &plugin.manifest.plugin;
        let name = plugin.name.parse().map_err(|error| CommandError {
            message: format!("`{}` cannot be a plugin's name: {error}", plugin.name),
            help: None,
        })?;
        lock.set_plugin(LockedPlugin {
            name,
            package: about.id.clone(),
            version: about.version.clone(),
            source: project::BUNDLED.to_owned(),
            digest: plugin.digest(),
            api: format!("run:plugin@{}.{}", plugin.api.major, plugin.api.minor),
            publisher: None,
            granted: granted(&Permissions::requested(&plugin.manifest)),
        });
        locked.push(json!({
            "name": plugin.name,
            "id": about.id,
            "version": about.version.to_string(),
            "digest": plugin.digest().to_string(),
        }));
    }
    Ok(locked)
}

fn granted(permissions: &Permissions) -> Granted {
    Granted {
        tools: permissions.tools.clone(),
        env: permissions.env.clone(),
        directories: permissions.directories.clone(),
        source: permissions.source.clone(),
        hosts: permissions.hosts.clone(),
        credentials: permissions.credentials.clone(),
    }
}
