//! Loading a plugin of this version and running one call of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use wasmtime::component::{Component, HasSelf, InstancePre, Linker};
use wasmtime::{Store, UpdateDeadline};

use super::bindings::{builder, provider};
use crate::api::{Host, Watch};
use crate::artifact::Plugin;
use crate::error::{CallError, LoadError, Refused};
use crate::manifest::{Kind, Manifest};
use crate::preinit::Preinit;
use crate::remote::{Access, Placeholders};
use crate::sandbox::http::{HttpPolicy, Network};
use crate::sandbox::limits::{GuestClock, Violation};
use crate::sandbox::paths::{Mode, Mount, PathMap};
use crate::sandbox::processes::{Killers, Processes};
use crate::sandbox::run::Watchdog;
use crate::sandbox::state::{LogBudget, Parts, State, Subject, line_sink};
use crate::sandbox::wasi;

/// A plugin whose imports are checked and resolved.
pub(super) struct Loaded {
    pub(super) host: Host,
    pub(super) name: String,
    /// All that it declares.
    pub(super) declared: Arc<Manifest>,
    /// What of it was granted.
    pub(super) granted: Arc<Manifest>,
    pub(super) instance: InstancePre<State>,
}

/// What one call is set up with.
pub(super) struct Setup {
    pub(super) subject: Subject,
    pub(super) mounts: Vec<Mount>,
    /// Seconds since 1970 at which the clock stands; `None` for the real one.
    pub(super) frozen: Option<u64>,
    pub(super) network: Network,
    pub(super) access: Access,
    pub(super) placeholders: Placeholders,
    pub(super) processes: Option<ProcessSetup>,
}

/// Makes the process side once the parts it shares with the call exist.
pub(super) type ProcessSetup =
    Box<dyn FnOnce(PathMap, Violation, Killers) -> Result<Processes, CallError>>;

impl Loaded {
    pub(super) fn new(
        host: &Host,
        plugin: &Plugin,
        granted: Arc<Manifest>,
        kind: Kind,
    ) -> Result<Self, LoadError> {
        let refuse = |why| LoadError {
            plugin: plugin.name.clone(),
            why,
        };
        if plugin.manifest.plugin.kind != kind {
            return Err(refuse(Refused::Kind {
                said: kind,
                is: plugin.manifest.plugin.kind,
            }));
        }
        let component = host
            .artifacts
            .load(&host.engine, &plugin.wasm)
            .map_err(|error| refuse(Refused::Engine(error.to_string())))?;
        refuse_unknown_imports(&component, host, kind).map_err(refuse)?;
        let instance = linker(host.engine.wasmtime(), kind)
            .and_then(|linker| linker.instantiate_pre(&component))
            .map_err(|error| refuse(Refused::Engine(format!("{error:#}"))))?;
        Ok(Self {
            host: host.clone(),
            name: plugin.name.clone(),
            declared: Arc::new(plugin.manifest.clone()),
            granted,
            instance,
        })
    }

    /// Runs `body` against a fresh store.
    pub(super) fn call<T>(
        &self,
        watch: &Watch,
        setup: Setup,
        body: impl AsyncFnOnce(&mut Store<State>, &InstancePre<State>) -> wasmtime::Result<T>,
    ) -> Result<T, CallError> {
        let limits = &self.host.limits;
        let violation = Violation::default();
        let clock = GuestClock::default();
        let killers = Killers::default();
        let log = LogBudget::new(limits);
        let paths = PathMap::new(setup.mounts);
        let processes = setup
            .processes
            .map(|make| make(paths.clone(), violation.clone(), killers.clone()))
            .transpose()?;
        let sink = line_sink(watch, &log, &violation, &paths);
        let wasi =
            wasi::context(&paths, &[], setup.frozen, &sink).map_err(|error| CallError::Host {
                what: format!("cannot set up the sandbox of the plugin `{}`", self.name),
                source: std::io::Error::other(format!("{error:#}")),
            })?;
        let mut state = State::new(
            Parts {
                wasi,
                http_policy: HttpPolicy {
                    hosts: Arc::new(self.granted.hosts.clone()),
                    mode: setup.network,
                    violation: violation.clone(),
                    clock: clock.clone(),
                    access: setup.access,
                    placeholders: setup.placeholders.clone(),
                    limits: limits.clone(),
                    sent: AtomicU32::new(0),
                },
                placeholders: setup.placeholders,
                violation: violation.clone(),
                watch: watch.clone(),
                subject: setup.subject,
                paths,
                processes,
                preinit: Preinit {
                    artifacts: self.host.artifacts.clone(),
                    limits: limits.clone(),
                },
                lines: sink,
                log,
            },
            limits,
        );
        state.clock = clock.clone();
        let engine = self.host.engine.wasmtime();
        let mut store = Store::new(engine, state);
        store.limiter(|state| &mut state.growth);
        store.set_hostcall_fuel(limits.hostcall);
        store.set_epoch_deadline(1);
        // Yielding lets the watchdog look at the clock and at a request to stop.
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));

        let watchdog = Watchdog {
            plugin: self.name.clone(),
            clock,
            violation,
            cancel: watch.cancel.clone(),
            killers,
            limits: limits.clone(),
        };
        watchdog.drive(
            engine,
            async move { body(&mut store, &self.instance).await },
        )
    }

    /// A guest directory, its host path made canonical.
    pub(super) fn mount(
        &self,
        guest: &str,
        host: &std::path::Path,
        mode: Mode,
    ) -> Result<Mount, CallError> {
        let host: PathBuf = std::fs::canonicalize(host).map_err(|source| CallError::Host {
            what: format!(
                "cannot give the plugin `{}` its directory `{guest}`",
                self.name
            ),
            source,
        })?;
        Ok(Mount {
            guest: guest.to_owned(),
            host,
            mode,
        })
    }
}

/// Everything a plugin of that kind may import, linked.
fn linker(engine: &wasmtime::Engine, kind: Kind) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    match kind {
        Kind::LanguageBuilder => {
            builder::LanguageBuilder::add_to_linker::<_, HasSelf<State>>(&mut linker, |s| s)?;
        }
        Kind::DeployProvider => {
            use builder::run::plugin::{control, events, types};
            use provider::run::plugin::{credentials, deploy_context};
            wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
            types::add_to_linker::<_, HasSelf<State>>(&mut linker, |s| s)?;
            events::add_to_linker::<_, HasSelf<State>>(&mut linker, |s| s)?;
            control::add_to_linker::<_, HasSelf<State>>(&mut linker, |s| s)?;
            credentials::add_to_linker::<_, HasSelf<State>>(&mut linker, |s| s)?;
            deploy_context::add_to_linker::<_, HasSelf<State>>(&mut linker, |s| s)?;
        }
    }
    Ok(linker)
}

/// Refuses by name what a plugin of that kind is not given. Of WASI it may
/// import anything that is linked inert.
fn refuse_unknown_imports(component: &Component, host: &Host, kind: Kind) -> Result<(), Refused> {
    const INERT: &[&str] = &[
        "wasi:cli/",
        "wasi:clocks/",
        "wasi:filesystem/",
        "wasi:io/",
        "wasi:random/",
        "wasi:sockets/",
    ];
    let own: &[&str] = match kind {
        Kind::LanguageBuilder => &[
            "run:plugin/types@",
            "run:plugin/events@",
            "run:plugin/control@",
            "run:plugin/process@",
            "run:plugin/preinit@",
            "run:plugin/build-context@",
        ],
        Kind::DeployProvider => &[
            "run:plugin/types@",
            "run:plugin/events@",
            "run:plugin/control@",
            "run:plugin/credentials@",
            "run:plugin/deploy-context@",
            "wasi:http/types@",
            "wasi:http/outgoing-handler@",
        ],
    };
    let imports: Vec<String> = component
        .component_type()
        .imports(host.engine.wasmtime())
        .map(|(name, _)| name.to_owned())
        .filter(|name| {
            !INERT
                .iter()
                .chain(own)
                .any(|prefix| name.starts_with(prefix))
        })
        .collect();
    if imports.is_empty() {
        Ok(())
    } else {
        Err(Refused::Imports { kind, imports })
    }
}
