//! One `build`: every component in parallel, each fresh or built.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use run_files::Digest;
use run_plugins::SourceTree;
use run_plugins::api::{ArtifactKind, BuildJob, Host, Profile, ProjectView, Watch};
use run_plugins::cancel::Cancel;
use run_plugins::events::Events;
use run_runtime::{ArtifactCache, Engine, Wasm};

use crate::error::BuildError;
use crate::finish::{self, Provenance};
use crate::inputs::Inputs;
use crate::plugins::{Available, PluginSet};
use crate::record::Record;
use crate::spec::{Kind, Spec};
use crate::wit;

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
    /// Refuse where tools cannot be confined.
    pub hermetic: bool,
    /// Versions of tools that the lock demands, by program.
    pub pins: Vec<(String, String)>,
}

/// What became of one component.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Nothing had changed.
    Fresh,
    /// It was built.
    Built {
        /// Where it is.
        output: PathBuf,
        /// How large it is, in bytes.
        size: u64,
        /// How long it took.
        took: Duration,
    },
    /// It was there already and is valid.
    Prebuilt,
}

/// Shows how a build goes. Called from several threads.
pub trait Reporter: Sync {
    /// A component is being built, because of `why`; what happens meanwhile
    /// goes to the events that are returned.
    fn started(&self, name: &str, why: &str) -> Arc<dyn Events>;
    /// A component is done.
    fn finished(&self, name: &str, outcome: &Outcome);
    /// A component was not built.
    fn failed(&self, name: &str, error: &BuildError);
    /// Another build of this project is waited for.
    fn waiting(&self);
}

/// Everything one build shares.
pub struct Session<'a> {
    root: PathBuf,
    output_dir: PathBuf,
    options: Options,
    plugins: &'a PluginSet,
    cancel: Cancel,
    reporter: &'a dyn Reporter,
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
            options,
            plugins,
            cancel,
            reporter,
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

    /// Builds the components, in parallel as far as there are processors.
    /// Returns true when all of them are there.
    ///
    /// # Errors
    /// The project's build directory cannot be used. What went wrong with a
    /// component goes to the reporter.
    pub fn build(&self, specs: &[Spec]) -> Result<bool, BuildError> {
        let _lock = self.lock()?;
        let next = AtomicUsize::new(0);
        let failed = Mutex::new(false);
        let threads = cores().min(specs.len());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(spec) = specs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = self.one(spec);
                        match &result {
                            Ok(outcome) => self.reporter.finished(&spec.name, outcome),
                            Err(error) => {
                                self.reporter.failed(&spec.name, error);
                                *failed.lock().unwrap_or_else(|e| e.into_inner()) = true;
                            }
                        }
                    }
                });
            }
        });
        Ok(!failed.into_inner().unwrap_or_else(|e| e.into_inner()))
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

    fn one(&self, spec: &Spec) -> Result<Outcome, BuildError> {
        match &spec.kind {
            Kind::Prebuilt { path } => self.prebuilt(spec, path),
            Kind::Source { source, language } => {
                if !source.exists() {
                    return Err(spec.missing(
                        format!(
                            "the source of `{}` is not there: `{}`",
                            spec.name,
                            source.display()
                        ),
                        "create it, or correct the path",
                        Some(spec.kind_span.clone()),
                    ));
                }
                if let Some(wit) = &spec.wit
                    && !wit.exists()
                {
                    return Err(spec.missing(
                        format!(
                            "the WIT of `{}` is not there: `{}`",
                            spec.name,
                            wit.display()
                        ),
                        "create it, or correct the path",
                        spec.wit_span.clone(),
                    ));
                }
                if source
                    .extension()
                    .is_some_and(|extension| extension == "wat")
                {
                    return self.text(spec, source);
                }
                let plugin = self
                    .plugins
                    .choose(spec, language.as_deref(), source, self)?;
                self.with_plugin(spec, source, &plugin)
            }
        }
    }

    /// A prebuilt component is only checked; its artifact is made, so that its
    /// first run is warm.
    fn prebuilt(&self, spec: &Spec, path: &Path) -> Result<Outcome, BuildError> {
        if !path.exists() && !path.with_extension("wat").exists() {
            return Err(spec.missing(
                format!(
                    "the component `{}` is not there: `{}`",
                    spec.name,
                    path.display()
                ),
                "build it, or correct the path",
                Some(spec.kind_span.clone()),
            ));
        }
        self.warm(&Wasm::read(path)?)?;
        Ok(Outcome::Prebuilt)
    }

    /// WebAssembly text needs no plugin.
    fn text(&self, spec: &Spec, source: &Path) -> Result<Outcome, BuildError> {
        let started = Instant::now();
        let work = self.work(spec)?;
        let world = self.world(spec, &work)?;
        let bytes = Wasm::read(source)?.bytes().to_vec();
        let staged = world.as_ref().map(|staged| &staged.world);
        let component = finish::finish(&spec.name, bytes, staged, None)?;
        let output = self.output(spec);
        if std::fs::read(&output).is_ok_and(|there| there == component.bytes()) {
            self.warm(&component)?;
            return Ok(Outcome::Fresh);
        }
        finish::publish(&component, &output)?;
        self.warm(&component)?;
        Ok(Outcome::Built {
            output,
            size: component.bytes().len() as u64,
            took: started.elapsed(),
        })
    }

    fn with_plugin(
        &self,
        spec: &Spec,
        source: &Path,
        available: &Available,
    ) -> Result<Outcome, BuildError> {
        let manifest = &available.plugin.manifest;
        let settings = spec.settings_for(manifest)?;
        let tree = SourceTree::of(&self.root, &manifest.source).map_err(|source| {
            BuildError::io("cannot read the project's directory".into(), source)
        })?;
        let work = self.work(spec)?;
        let record_path = work.join("record.json");
        let output = self.output(spec);
        let key = self.key(spec, available, &settings);
        let why = match Record::read(&record_path) {
            Some(record) => match record.stale(key, &tree.root, &output) {
                None => return Ok(Outcome::Fresh),
                Some(why) => why,
            },
            None => "it was not built before".to_owned(),
        };

        let started = (Instant::now(), SystemTime::now());
        let staged = self.world(spec, &work)?;
        let out = tempfile::Builder::new()
            .prefix("out-")
            .tempdir_in(&work)
            .map_err(|source| BuildError::io("cannot make the output directory".into(), source))?;
        let source = std::fs::canonicalize(source).map_err(|error| {
            BuildError::io(format!("cannot read `{}`", source.display()), error)
        })?;
        let language = available.language.clone();
        let job = BuildJob {
            project: ProjectView {
                tree: tree.clone(),
                source,
                settings,
                cache: self
                    .root
                    .join(".run/cache")
                    .join(cache_name(&manifest.plugin.id)),
            },
            name: spec.name.clone(),
            language: language.clone(),
            output: out.path().to_owned(),
            wit: staged
                .as_ref()
                .map(|staged| (staged.dir.clone(), staged.world.name())),
            profile: self.options.profile,
            reproducible: self.options.reproducible,
            locked: self.options.locked,
            offline: self.options.offline,
            hermetic: self.options.hermetic,
            parallelism: u32::try_from(cores()).unwrap_or(1),
            source_date_epoch: run_runtime::sandbox::source_date_epoch(),
            pins: self.options.pins.clone(),
        };
        let watch = Watch {
            events: self.reporter.started(&spec.name, &why),
            cancel: self.cancel.clone(),
        };
        let builder = self
            .host()?
            .builder(&available.plugin, &available.granted)
            .map_err(run_plugins::CallError::from)?;
        let built = builder.build(&job, &watch)?;
        if let Some(reason) = built.irreproducible.filter(|_| self.options.reproducible) {
            return Err(BuildError::Irreproducible {
                name: spec.name.clone(),
                reason,
            });
        }
        let components: Vec<_> = built
            .artifacts
            .iter()
            .filter(|a| matches!(a.kind, ArtifactKind::Component | ArtifactKind::CoreModule))
            .collect();
        let [artifact] = components.as_slice() else {
            return Err(BuildError::Artifacts {
                name: spec.name.clone(),
                plugin: available.plugin.name.clone(),
                found: components.len(),
            });
        };
        let bytes = std::fs::read(&artifact.path)
            .map_err(|source| BuildError::io("cannot read what was built".into(), source))?;
        let provenance = Provenance {
            language,
            plugin: (
                manifest.plugin.id.clone(),
                manifest.plugin.version.to_string(),
            ),
        };
        let world = staged.as_ref().map(|staged| &staged.world);
        let component = finish::finish(&spec.name, bytes, world, Some(&provenance))?;
        finish::publish(&component, &output)?;

        let mut patterns = built.depends_on;
        if let Some(wit) = &spec.wit {
            patterns.extend(wit_patterns(wit, &tree.root));
        }
        let tools: Vec<&Path> = built
            .tools
            .iter()
            .map(|(_, path, _)| path.as_path())
            .collect();
        // A plugin that declared nothing is asked again each time.
        if !patterns.is_empty() {
            let inputs = Inputs::observe(&tree.root, &patterns, started.1);
            Record::new(key, inputs, &tools, component.digest())
                .write(&record_path)
                .map_err(|source| BuildError::io("cannot write the build record".into(), source))?;
        }
        self.warm(&component)?;
        Ok(Outcome::Built {
            output,
            size: component.bytes().len() as u64,
            took: started.0.elapsed(),
        })
    }

    /// Everything that decides a build and is no file of the source tree.
    fn key(
        &self,
        spec: &Spec,
        available: &Available,
        settings: &[(String, run_plugins::manifest::SettingValue)],
    ) -> Digest {
        let options = &self.options;
        let flags = format!(
            "{:?} {} {} {}",
            options.profile,
            options.reproducible,
            options.locked,
            run_runtime::sandbox::source_date_epoch(),
        );
        let environment = run_plugins::declared_environment(&available.plugin.manifest);
        Digest::of_fields([
            env!("CARGO_PKG_VERSION").as_bytes(),
            available.plugin.digest().as_bytes().as_slice(),
            format!("{:?}", available.granted).as_bytes(),
            available.language.as_bytes(),
            format!("{:?}", spec.kind).as_bytes(),
            format!("{:?} {:?}", spec.wit, spec.world).as_bytes(),
            format!("{settings:?}").as_bytes(),
            format!("{environment:?}").as_bytes(),
            flags.as_bytes(),
        ])
    }

    fn world(&self, spec: &Spec, work: &Path) -> Result<Option<wit::Staged>, BuildError> {
        let stage = |wit: &PathBuf| wit::stage(wit, spec.world.as_deref(), work);
        spec.wit.as_ref().map(stage).transpose()
    }

    /// The component's own directory under `.run/build`, without what a killed
    /// build left there.
    fn work(&self, spec: &Spec) -> Result<PathBuf, BuildError> {
        let work = self.root.join(".run/build").join(&spec.name);
        let make = || {
            std::fs::create_dir_all(&work)?;
            for entry in std::fs::read_dir(&work)? {
                let entry = entry?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if name.starts_with("out-") {
                    std::fs::remove_dir_all(entry.path())?;
                } else if name.starts_with(".tmp") {
                    std::fs::remove_file(entry.path())?;
                }
            }
            Ok(())
        };
        make()
            .map_err(|source| BuildError::io(format!("cannot use `{}`", work.display()), source))?;
        Ok(work)
    }

    /// Fills the artifact cache, so that the first run only maps it.
    fn warm(&self, component: &Wasm) -> Result<(), BuildError> {
        // A prebuilt core module may be anything, also something that never runs.
        if component.kind() == run_runtime::wasm::Kind::CoreModule
            && run_runtime::encode::component(component).is_err()
        {
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

/// A plugin's id as a directory name.
fn cache_name(id: &str) -> String {
    id.replace(':', "-")
}

fn wit_patterns(wit: &Path, root: &Path) -> Vec<String> {
    let Some(relative) = std::fs::canonicalize(wit)
        .ok()
        .and_then(|wit| Some(wit.strip_prefix(root).ok()?.to_str()?.to_owned()))
    else {
        return Vec::new();
    };
    if wit.is_dir() {
        return vec![format!("{relative}/**")];
    }
    let deps = match relative.rsplit_once('/') {
        Some((dir, _)) => format!("{dir}/deps/**"),
        None => "deps/**".to_owned(),
    };
    vec![relative, deps]
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
