//! One `build`: every component in parallel, each fresh or built.

mod cached;
mod component;
pub(crate) mod make;
mod plan;
mod report;
mod room;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use run_files::Digest;
use run_plugins::Pins;
use run_plugins::api::{Host, Profile};
use run_plugins::cancel::Cancel;
use run_runtime::{ArtifactCache, Engine, Wasm};

pub use report::{Decision, Explanation, Outcome, Reporter};

use crate::cache::{BuildCache, CacheOptions};
use crate::error::BuildError;
use crate::plugins::PluginSet;
use crate::spec::{Kind, Spec};
use plan::Planned;
use room::Room;

/// How to build.
#[derive(Debug, Clone)]
pub struct Options {
    /// Debug or release.
    pub profile: Profile,
    /// The same inputs must give the same bytes anywhere.
    pub reproducible: bool,
    /// Dependency lock files must not change.
    pub locked: bool,
    /// No network for anyone.
    pub offline: bool,
    /// Refuse where tools cannot be confined, and what was built where they were
    /// not.
    pub hermetic: bool,
    /// What the lock demands of tools.
    pub pins: Pins,
    /// How many builds may run at once; as many as there are processors where
    /// it is not said.
    pub jobs: Option<NonZeroUsize>,
    /// Whether what is built is compiled to native code as well, so that its first
    /// run only maps that.
    pub precompile: bool,
    /// Builds that were done before.
    pub cache: CacheOptions,
}

/// Everything one build shares.
pub struct Session<'a> {
    pub(crate) root: PathBuf,
    output_dir: PathBuf,
    pub(crate) options: Options,
    pub(crate) plugins: &'a PluginSet,
    pub(crate) cancel: Cancel,
    reporter: &'a dyn Reporter,
    cache: BuildCache,
    around: Mutex<BTreeMap<Digest, Arc<plan::Around>>>,
    host: OnceLock<Result<Host, String>>,
    application: OnceLock<Result<Engine, String>>,
}

impl<'a> Session<'a> {
    /// `root` is the project's directory, `output_dir` where components go.
    #[must_use]
    pub fn new(
        root: &Path,
        output_dir: &Path,
        options: Options,
        plugins: &'a PluginSet,
        cancel: Cancel,
        reporter: &'a dyn Reporter,
    ) -> Self {
        Self {
            root: root.to_owned(),
            output_dir: output_dir.to_owned(),
            cache: BuildCache::open(&options.cache, root, &cancel),
            options,
            plugins,
            cancel,
            reporter,
            around: Mutex::default(),
            host: OnceLock::new(),
            application: OnceLock::new(),
        }
    }

    /// Where a component's file is or will be.
    #[must_use]
    pub fn output(&self, spec: &Spec) -> PathBuf {
        match &spec.kind {
            Kind::Prebuilt { path } => path.clone(),
            Kind::Source { .. } => self.output_dir.join(format!("{}.wasm", spec.name)),
        }
    }

    /// Builds the components, in parallel as far as there are processors and
    /// memory. Returns true when all of them are there.
    ///
    /// # Errors
    /// The project's build directory cannot be used. What went wrong with a
    /// component goes to the reporter.
    pub fn build(&self, specs: &[Spec]) -> Result<bool, BuildError> {
        let _lock = self.lock()?;
        let failed = AtomicBool::new(false);
        let tell = |spec: &Spec, result: Result<Outcome, BuildError>| match result {
            Ok(outcome) => self.reporter.finished(&spec.name, &outcome),
            Err(error) => {
                self.reporter.failed(&spec.name, &error);
                failed.store(true, Ordering::Relaxed);
            }
        };

        // What needs no building is told from the rest first, so that builders
        // know how many they share the machine with.
        let to_make = Mutex::new(Vec::new());
        in_parallel(specs, cores(), |spec| match self.plan(spec) {
            Ok(Planned::Done(outcome)) => tell(spec, Ok(outcome)),
            Ok(Planned::Make(job)) => hold(&to_make).push((spec, job)),
            Err(error) => tell(spec, Err(error)),
        });
        let to_make = to_make.into_inner().unwrap_or_else(|e| e.into_inner());
        let room = Room::new(to_make.len(), self.options.jobs);
        in_parallel(&to_make, room.most(), |(spec, job)| {
            let place = room.enter();
            tell(spec, self.make(spec, job, place.parallelism));
        });
        self.cache.settle();
        Ok(!failed.into_inner())
    }

    /// One build of a project at a time: two would take each other's files for
    /// their own. Released by the system when the process ends, however it does.
    fn lock(&self) -> Result<std::fs::File, BuildError> {
        let dir = self.root.join(".run/build");
        let open = || {
            std::fs::create_dir_all(&dir)?;
            let file = std::fs::File::create(dir.join(".lock"))?;
            if file.try_lock().is_err() {
                self.reporter.waiting();
                file.lock()?;
            }
            Ok(file)
        };
        open().map_err(|source| BuildError::io(format!("cannot use `{}`", dir.display()), source))
    }

    /// Fills the artifact cache, so that the first run only maps it.
    fn warm(&self, component: &Wasm) -> Result<(), BuildError> {
        if !self.options.precompile {
            return Ok(());
        }
        // A prebuilt core module may be anything, also something that never runs.
        if component.kind() == run_runtime::wasm::Kind::CoreModule
            && run_runtime::encode::component(component).is_err()
        {
            return Ok(());
        }
        // What is linked to others is compiled with them, and never by itself.
        if !run_runtime::inspect::runs_alone(component) {
            return Ok(());
        }
        let engine = self
            .application
            .get_or_init(|| {
                Engine::application(&run_runtime::engine::Options::default())
                    .map_err(|error| error.to_string())
            })
            .as_ref()
            .map_err(|reason| run_runtime::Error::Engine {
                reason: reason.clone(),
            })?;
        Ok(ArtifactCache::user().warm(engine, component)?)
    }

    pub(crate) fn host(&self) -> Result<&Host, BuildError> {
        self.host
            .get_or_init(|| Host::new().map_err(|error| error.to_string()))
            .as_ref()
            .map_err(|reason| {
                run_runtime::Error::Engine {
                    reason: reason.clone(),
                }
                .into()
            })
    }
}

/// Does `work` for all of `items`, for at most `threads` of them at once.
fn in_parallel<'i, T: Sync>(items: &'i [T], threads: usize, work: impl Fn(&'i T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

/// A panic elsewhere leaves nothing half done here.
fn hold<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
