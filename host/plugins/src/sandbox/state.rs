//! The state behind one call of a plugin, the same for every version of the
//! contract.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::http::HttpPolicy;
use super::limits::{self, GuestClock, Limits, Violation};
use super::paths::PathMap;
use super::processes::Processes;
use super::refusals::Refusal;
use super::wasi::LineSink;
use crate::api::{BuildJob, DeployJob, ProjectView, Watch};
use crate::events::{Level, StepId};
use crate::preinit::Preinit;
use crate::remote::Placeholders;
use run_runtime::sandbox::Growth;

/// What a call is about.
pub(crate) enum Subject {
    /// A builder looks at a source.
    Project(ProjectView),
    /// A builder builds.
    Build(BuildJob),
    /// A provider works on an artifact.
    Deploy(DeployJob),
    /// Neither: templates.
    Nothing,
}

/// What a build declared on its way.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) depends_on: Vec<String>,
    pub(crate) irreproducible: Option<String>,
}

pub(crate) struct State {
    pub(crate) table: ResourceTable,
    wasi: WasiCtx,
    http_context: WasiHttpCtx,
    pub(crate) http_policy: HttpPolicy,
    pub(crate) placeholders: Placeholders,
    pub(crate) growth: Growth,
    pub(crate) clock: GuestClock,
    pub(crate) violation: Violation,
    pub(crate) watch: Watch,
    pub(crate) subject: Subject,
    pub(crate) declared: Declared,
    /// What children that failed were refused by the kernel.
    pub(crate) refused: BTreeSet<Refusal>,
    pub(crate) paths: PathMap,
    pub(crate) processes: Option<Processes>,
    pub(crate) preinit: Preinit,
    /// Where what the plugin and its initialisers print goes.
    pub(crate) lines: LineSink,
    log: LogBudget,
    next_step: StepId,
}

/// What [`State`] is made of.
pub(crate) struct Parts {
    pub(crate) wasi: WasiCtx,
    pub(crate) http_policy: HttpPolicy,
    pub(crate) placeholders: Placeholders,
    pub(crate) violation: Violation,
    pub(crate) watch: Watch,
    pub(crate) subject: Subject,
    pub(crate) paths: PathMap,
    pub(crate) processes: Option<Processes>,
    pub(crate) preinit: Preinit,
    pub(crate) lines: LineSink,
    pub(crate) log: LogBudget,
}

impl State {
    pub(crate) fn new(parts: Parts, limits: &Limits) -> Self {
        Self {
            table: ResourceTable::new(),
            wasi: parts.wasi,
            http_context: WasiHttpCtx::new(),
            http_policy: parts.http_policy,
            placeholders: parts.placeholders,
            growth: limits::growth(limits, parts.violation.clone()),
            clock: GuestClock::default(),
            violation: parts.violation,
            watch: parts.watch,
            subject: parts.subject,
            declared: Declared::default(),
            refused: BTreeSet::new(),
            paths: parts.paths,
            processes: parts.processes,
            preinit: parts.preinit,
            lines: parts.lines,
            log: parts.log,
            next_step: 0,
        }
    }

    pub(crate) fn new_step(&mut self) -> StepId {
        self.next_step += 1;
        self.next_step
    }

    /// Takes `bytes` of what the call may report.
    ///
    /// # Errors
    /// A trap, once there is nothing left.
    pub(crate) fn charge(&self, bytes: usize) -> wasmtime::Result<()> {
        if self.log.take(bytes) {
            return Ok(());
        }
        Err(self.violation.trap(self.log.rule()))
    }

    /// The project a builder's call is about.
    pub(crate) fn project(&self) -> Option<&ProjectView> {
        match &self.subject {
            Subject::Project(project) => Some(project),
            Subject::Build(job) => Some(&job.project),
            Subject::Deploy(_) | Subject::Nothing => None,
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.http_policy,
            table: &mut self.table,
            ctx: &mut self.http_context,
        }
    }
}

/// How many bytes a call may still report; shared with the plugin's standard
/// streams.
#[derive(Clone)]
pub(crate) struct LogBudget {
    left: Arc<AtomicUsize>,
    whole: usize,
}

impl LogBudget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            left: Arc::new(AtomicUsize::new(limits.log)),
            whole: limits.log,
        }
    }

    pub(crate) fn take(&self, bytes: usize) -> bool {
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes.max(1))
            })
            .is_ok()
    }

    pub(crate) fn rule(&self) -> String {
        format!("it reported more than {} MiB", self.whole >> 20)
    }
}

/// A sink for the plugin's standard streams: lines become log events.
pub(crate) fn line_sink(
    watch: &Watch,
    log: &LogBudget,
    violation: &Violation,
    paths: &PathMap,
) -> LineSink {
    let (events, log, violation) = (watch.events.clone(), log.clone(), violation.clone());
    let paths = Mutex::new(paths.clone());
    Arc::new(move |line| {
        if log.take(line.len()) {
            let hidden = paths
                .lock()
                .map(|paths| paths.hide(line))
                .unwrap_or_default();
            events.log(Level::Debug, &hidden, &[]);
        } else {
            violation.note(log.rule());
        }
    })
}
