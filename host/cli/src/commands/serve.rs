//! `run v2 serve`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use run_project::{Component, Project};
use run_runtime::engine::Metering;
use run_runtime::sandbox::{LineOutlet, Stdio};
use run_runtime::{ArtifactCache, Engine, Prepared, Wasm, inspect};
use run_serve::{App, Event, Options, Serving};

use crate::access_log::AccessLog;
use crate::address;
use crate::args::Serve;
use crate::commands::exec;
use crate::composition::{self, Runnable};
use crate::failure::{CommandError, Failure};
use crate::project;
use crate::sandbox::Furnishing;
use crate::serve_events;
use crate::shell::Shell;

pub(crate) fn run(args: Serve, shell: &Shell) -> Result<ExitCode, Failure> {
    let options = options(&args)?;
    let log = AccessLog::start(shell)
        .map_err(|error| CommandError::io("cannot write a log", &error))
        .map(Arc::new)?;
    let maker = Arc::new(Maker {
        guest: guest_lines(&log, shell),
        log: log.clone(),
        args,
        shell: shell.clone(),
    });
    let app = maker.make()?;
    let serving = Serving {
        app,
        reload: {
            let maker = maker.clone();
            move || maker.make_again()
        },
        tell: {
            let (log, shell) = (log.clone(), shell.clone());
            move |event: &Event<'_>| serve_events::tell(event, &log, &shell)
        },
    };
    let served = run_serve::serve(options, serving);
    log.finish();
    served?;
    Ok(ExitCode::SUCCESS)
}

fn options(args: &Serve) -> Result<Options, Failure> {
    let listen = match args.listen {
        Some(listen) => listen,
        None => {
            let port = std::env::var("PORT").ok();
            address::default(port.as_deref()).map_err(|message| {
                CommandError::new(
                    message,
                    "set it to a number, or say `--listen ADDRESS:PORT`",
                )
            })?
        }
    };
    Ok(Options {
        metrics: args.metrics,
        at_once: args.concurrency,
        request_body: args.max_request_body,
        response_body: args.max_response_body.unwrap_or(u64::MAX),
        headers: args.max_headers,
        drain: args.drain,
        ..Options::at(listen)
    })
}

/// What components write, as events of the log.
fn guest_lines(log: &Arc<AccessLog>, shell: &Shell) -> LineOutlet {
    let (log, shell) = (log.clone(), shell.clone());
    LineOutlet::new(move |line| serve_events::tell(&Event::Guest(line), &log, &shell))
}

/// Makes what is served, from the command line and what lies on the disk now.
struct Maker {
    args: Serve,
    log: Arc<AccessLog>,
    guest: LineOutlet,
    shell: Shell,
}

impl Maker {
    fn make(&self) -> Result<App, Failure> {
        let (furnishing, runnable) = self.find()?;
        let component = self.prepare(&furnishing, &runnable)?;
        let Furnishing {
            permissions,
            limits,
            ..
        } = furnishing;
        let stdio = Stdio::lines(self.guest.clone());
        Ok(App::new(component, permissions, limits, stdio)?)
    }

    /// What is served, and what it is given.
    fn find(&self) -> Result<(Furnishing, Runnable), Failure> {
        let args = &self.args;
        let furnish = |component| Furnishing::serving(component, &args.reach, &args.limits);
        let directory = Path::new(&args.target);
        if directory.is_dir() {
            run_deploy::intact(directory)?;
            let project = project::in_directory(directory)?;
            let component = handler(&project)?;
            let furnishing = furnish(Some((&project, component)))?;
            let runnable = composition::of_component(&project, component, &self.shell)?;
            return Ok((furnishing, runnable));
        }
        let target = exec::find(&args.target, &self.shell)?;
        let furnishing = furnish(target.component())?;
        let runnable =
            composition::of_target(&args.target, &target.file, &args.linking, &self.shell)?;
        Ok((furnishing, runnable))
    }

    /// In memory that is set aside beforehand, where the component fits there.
    fn prepare(&self, furnishing: &Furnishing, runnable: &Runnable) -> Result<Prepared, Failure> {
        let limits = &furnishing.limits;
        let metering = match limits.fuel {
            Some(_) => Metering::Fuel,
            None => Metering::Epochs,
        };
        let cache = ArtifactCache::user();
        let prepare = |pooled: bool| {
            let at_once = pooled.then_some(self.args.concurrency);
            let engine = Engine::server(metering, limits, at_once)?;
            match runnable {
                Runnable::File(file) => Prepared::open(&engine, &cache, file),
                Runnable::Wasm(wasm) => Prepared::new(&engine, &cache, wasm),
            }
        };
        Ok(prepare(true).or_else(|_| prepare(false))?)
    }

    /// The same while a server runs: what fails is told, and changes nothing.
    fn make_again(&self) -> Option<App> {
        match self.make() {
            Ok(app) => Some(app),
            Err(failure) => {
                serve_events::reload_failed(&failure, &self.log, &self.shell);
                None
            }
        }
    }
}

/// The one component of a project that answers requests.
fn handler(project: &Project) -> Result<&Component, Failure> {
    let enabled = project.manifest.components.iter().filter(|c| c.enabled);
    let mut handlers = Vec::new();
    for component in enabled {
        let file = project::artifact(project, component);
        if composition::is_there(&file) && answers(&Wasm::read(&file)?)? {
            handlers.push(component);
        }
    }
    let root = project.root.display();
    match handlers.as_slice() {
        [handler] => Ok(handler),
        [] => Err(CommandError::new(
            format!("no component in `{root}` answers HTTP requests"),
            "one has to export `wasi:http/incoming-handler`, and its file has to be there",
        )
        .into()),
        several => {
            let names: Vec<_> = several.iter().map(|c| c.name.value.as_str()).collect();
            Err(CommandError::new(
                format!("several components in `{root}` answer HTTP requests"),
                format!("go there and name one: {}", names.join(", ")),
            )
            .into())
        }
    }
}

fn answers(wasm: &Wasm) -> Result<bool, Failure> {
    let exports = inspect::describe(wasm)?.exports;
    Ok(exports
        .iter()
        .any(|item| item.name.starts_with("wasi:http/incoming-handler@0.2.")))
}
