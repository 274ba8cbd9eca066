//! `run v2 build`.

use std::num::NonZeroUsize;
use std::process::ExitCode;

use run_build::{Options, Reporter, Session};
use run_plugins::api::Profile;
use run_project::Project;
use run_project::manifest::OptLevel;

use crate::args::{Build, Locks};
use crate::build_events::BuildEvents;
use crate::failure::Failure;
use crate::progress::BuildProgress;
use crate::shell::Shell;
use crate::{build_cache, composition, interrupt, project};

pub(crate) fn run(args: &Build, shell: &Shell) -> Result<ExitCode, Failure> {
    let project = project::load(shell)?;
    let request = Request {
        release: args.release,
        reproducible: args.reproducible,
        locks: args.locks.clone(),
        components: args.components.clone(),
        explain: args.explain,
        no_cache: args.no_cache,
        no_precompile: args.no_precompile,
        jobs: args.jobs,
    };
    // Unknown names are told before anything is built.
    let composed = match args.compose.as_slice() {
        [] => Vec::new(),
        names => project::components(&project, names)?,
    };
    build(&project, &request, shell)?;
    for component in composed {
        composition::write(&project, component, shell)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// An error as a warning of one paragraph, with what mends it.
fn with_help(error: &dyn miette::Diagnostic) -> String {
    match error.help() {
        Some(help) => format!("{error}\n  {help}"),
        None => error.to_string(),
    }
}

/// What to build and how, from a command's flags.
#[derive(Default)]
pub(crate) struct Request {
    pub(crate) release: bool,
    pub(crate) reproducible: bool,
    pub(crate) locks: Locks,
    pub(crate) components: Vec<String>,
    pub(crate) explain: bool,
    pub(crate) no_cache: bool,
    pub(crate) no_precompile: bool,
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// Builds; returns only when every component is there.
pub(crate) fn build(project: &Project, request: &Request, shell: &Shell) -> Result<(), Failure> {
    let components = project::components(project, &request.components)?;
    let specs: Vec<_> = components
        .iter()
        .map(|component| project::spec(project, component))
        .collect();
    let events = shell.json().then(|| BuildEvents::new(shell, &project.root));
    if specs.is_empty() {
        shell.warn("run.toml has no components to build");
        if let Some(events) = &events {
            events.end();
        }
        return Ok(());
    }
    let lock = project::lock(project)?;
    let plugins = project::plugins(project, lock.as_ref())?;
    let settings = &project.manifest.build;
    let reproducible = request.reproducible || settings.reproducible;
    let locks = &request.locks;
    let locked = locks.locked || locks.frozen || reproducible;
    for drifted in plugins.drifted() {
        if locked {
            return Err(drifted.into());
        }
        shell.warn(&with_help(&drifted));
    }
    let offline = locks.offline || locks.frozen;
    let caches = match (request.no_cache, offline) {
        (true, _) => build_cache::Use::Nothing,
        (false, true) => build_cache::Use::Local,
        (false, false) => build_cache::Use::All,
    };
    let options = Options {
        profile: if request.release || settings.opt_level == OptLevel::Release {
            Profile::Release
        } else {
            Profile::Debug
        },
        reproducible,
        locked,
        offline,
        hermetic: locks.hermetic,
        pins: project::pins(lock.as_ref(), locked),
        jobs: request.jobs,
        precompile: !request.no_precompile,
        cache: build_cache::options(project, caches)?,
    };
    let cancel = interrupt::cancel_on_interrupt();
    let progress = BuildProgress::new(shell, &project.root, request.explain);
    let session = Session::new(
        &project.root,
        &project::output_dir(project),
        options,
        &plugins,
        cancel.clone(),
        match &events {
            Some(events) => events as &dyn Reporter,
            None => &progress,
        },
    );
    let built = session.build(&specs)?;
    if let Some(events) = events.filter(|_| !cancel.is_cancelled()) {
        events.end();
    }
    match (built, cancel.is_cancelled()) {
        (true, _) => Ok(()),
        (false, true) => Err(Failure::Interrupted),
        (false, false) => Err(Failure::Reported),
    }
}
