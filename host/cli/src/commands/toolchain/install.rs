//! `run v2 toolchain install`.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use run_build::{Available, granted};
use run_plugins::cancel::Cancel;
use run_plugins::managers::{InstallError, Installed, Progress, Request, Watched};
use run_plugins::manifest::Tool;
use run_plugins::{INSTALLED, Place};
use run_project::lock::platform;
use serde_json::json;

use super::{State, Survey, statuses};
use crate::args::ToolchainInstall;
use crate::failure::{CommandError, Failure};
use crate::shell::Shell;
use crate::{interrupt, project};

pub(crate) fn run(args: &ToolchainInstall, shell: &Shell) -> Result<ExitCode, Failure> {
    let cancel = interrupt::cancel_on_interrupt();
    let survey = Survey::of(project::load(shell)?, &cancel)?;
    let (wanted, by_hand) = choose(&survey, &args.tools)?;
    if args.offline
        && let Some((tool, _)) = wanted.first()
    {
        return Err(CommandError::new(
            format!("`{}` cannot be installed with `--offline`", tool.program),
            "it is fetched by its package manager: leave `--offline` out, once",
        )
        .into());
    }
    if args.locked
        && let Some((tool, _)) = wanted
            .iter()
            .find(|(tool, _)| !survey.pins.versions.contains_key(&tool.program))
    {
        return Err(CommandError::new(
            format!(
                "run.lock.toml does not say which `{}` to install",
                tool.program
            ),
            "install it without `--locked`, and pin it with `run v2 toolchain sync`",
        )
        .into());
    }
    let mut installed = Vec::new();
    for (tool, plugin) in &wanted {
        installed.push(install(&survey, tool, plugin, &cancel, shell)?);
    }
    if shell.json() {
        let list: Vec<_> = installed
            .iter()
            .map(|done| {
                json!({
                    "program": done.tool.program,
                    "version": done.tool.version,
                    "path": done.tool.path.display().to_string(),
                    "digest": done.tree.map(|digest| digest.to_string()),
                })
            })
            .collect();
        let by_hand: Vec<_> = by_hand
            .iter()
            .map(|(program, help)| json!({ "program": program, "help": help }))
            .collect();
        let document = json!({ "installed": list, "not_installable": by_hand });
        shell.out(&document.to_string());
    }
    if !by_hand.is_empty() {
        if shell.json() {
            return Err(Failure::Reported);
        }
        let each: Vec<_> = by_hand
            .iter()
            .map(|(program, help)| format!("`{program}`: {help}"))
            .collect();
        return Err(CommandError::new(
            "what is missing cannot be installed for this project alone",
            each.join("\n"),
        )
        .into());
    }
    if installed.is_empty() {
        shell.status("Fresh", "every tool this project needs is there");
    } else if installed
        .iter()
        .any(|done| !survey.pins.has(&done.tool.program))
    {
        shell.note("pin what was installed with `run v2 toolchain sync`");
    }
    Ok(ExitCode::SUCCESS)
}

type Wanted<'s> = (&'s Tool, &'s Available);

/// A program, and what a person types to get it.
type ByHand = (String, String);

/// What to install, and what is missing and no package manager has.
fn choose<'s>(
    survey: &'s Survey,
    named: &[String],
) -> Result<(Vec<Wanted<'s>>, Vec<ByHand>), Failure> {
    let mut wanted: Vec<Wanted<'s>> = Vec::new();
    let mut by_hand = Vec::new();
    if named.is_empty() {
        for status in statuses(survey)? {
            let broken = matches!(
                status.state,
                State::Missing(_) | State::Drifted(_) | State::Changed { .. }
            );
            let program = status.need.program();
            if !broken || wanted.iter().any(|(tool, _)| tool.program == program) {
                continue;
            }
            if status.need.declared.packages.is_empty() {
                let (_, help) = status.problem().unwrap_or_default();
                by_hand.push((program.to_owned(), help));
            } else {
                wanted.push((&status.need.declared, &status.need.plugin));
            }
        }
        return Ok((wanted, by_hand));
    }
    for name in named.iter().collect::<BTreeSet<_>>() {
        let (tool, plugin) = find(survey, name)?;
        if tool.packages.is_empty() {
            let help = match tool.install.here() {
                Some(command) => format!("install it with `{command}`"),
                None => format!("install `{name}` and put it on PATH"),
            };
            by_hand.push((name.clone(), help));
        } else if !is_there(survey, name)? {
            wanted.push((tool, plugin));
        }
    }
    Ok((wanted, by_hand))
}

/// The tool of that name of a plugin that builds this project.
fn find<'s>(survey: &'s Survey, name: &str) -> Result<Wanted<'s>, Failure> {
    let all = survey.plugins.iter().flat_map(|plugin| {
        let tools = plugin.plugin.manifest.tools.iter();
        tools.map(move |tool| (tool, plugin))
    });
    let mut found = all.clone().filter(|(tool, _)| tool.program == name);
    found.next().ok_or_else(|| {
        let known: Vec<_> = all
            .filter(|(tool, _)| !tool.packages.is_empty())
            .map(|(tool, _)| tool.program.as_str())
            .collect();
        let help = if known.is_empty() {
            "no tool of this project can be installed for it alone; `run v2 toolchain list` shows them".to_owned()
        } else {
            project::one_of(name, &known)
        };
        CommandError::new(format!("no plugin of this project uses `{name}`"), help).into()
    })
}

/// Whether it is installed for this project already, as it is pinned.
fn is_there(survey: &Survey, name: &str) -> Result<bool, Failure> {
    Ok(statuses(survey)?.iter().any(|status| {
        let installed = |tool: &run_plugins::Tool| matches!(tool.place, Place::Installed(_));
        let fine = matches!(
            status.state,
            State::Pinned | State::NoChecksum | State::Unpinned
        );
        status.need.program() == name && fine && status.need.found.as_ref().is_ok_and(installed)
    }))
}

fn install(
    survey: &Survey,
    tool: &Tool,
    plugin: &Available,
    cancel: &Cancel,
    shell: &Shell,
) -> Result<Installed, Failure> {
    let manifest = granted(plugin);
    let allowed = manifest
        .tool(&tool.id)
        .filter(|tool| !tool.packages.is_empty());
    let allowed = allowed.ok_or_else(|| {
        CommandError::new(
            format!(
                "the plugin `{}` was not granted to have `{}` installed",
                plugin.plugin.name, tool.program
            ),
            "grant it in [plugins], or install the tool yourself",
        )
    })?;
    let (manager, package) = survey.managers.choose(allowed).ok_or_else(|| {
        let known: Vec<_> = survey.managers.names().collect();
        CommandError::new(
            format!(
                "`{}` is installed by `{}`, which this `run` does not know",
                tool.program, allowed.packages[0].manager
            ),
            format!("it knows: {}; install the tool yourself", known.join(", ")),
        )
    })?;
    shell.status(
        "Installing",
        &format!(
            "{} (`{}` by {}) into {INSTALLED}",
            tool.program, package.name, manager.name
        ),
    );
    let line = Line::new(shell, &tool.program);
    let request = Request {
        project: &survey.project.root,
        manifest: &manifest,
        tool: allowed,
        package,
        manager,
        pins: &survey.pins,
        trees: &survey.lock.installed.on(&platform()),
    };
    let done = request.install(Watched {
        progress: &line,
        cancel,
    });
    line.bar.finish_and_clear();
    let done = done.map_err(|error| match error {
        InstallError::Cancelled => Failure::Interrupted,
        error => error.into(),
    })?;
    shell.status(
        "Installed",
        &format!(
            "{} {}",
            done.tool.program,
            done.tool.version.as_deref().unwrap_or_default()
        ),
    );
    Ok(done)
}

/// One moving line on a terminal.
struct Line {
    bar: ProgressBar,
    shell: Shell,
}

impl Line {
    fn new(shell: &Shell, program: &str) -> Self {
        let bar = if shell.live() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        bar.set_style(
            ProgressStyle::with_template("{spinner} {prefix} {wide_msg} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.set_prefix(program.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self {
            bar,
            shell: shell.clone(),
        }
    }
}

impl Progress for Line {
    fn now(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        self.shell.detail(what);
    }

    fn line(&self, line: &str) {
        self.shell.detail(line);
    }
}
