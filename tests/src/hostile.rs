//! Calling misbehaving plugins, with everything around them watched.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use run_files::Digest;
use run_plugins::api::{
    BuildJob, Built, DeployJob, Host, Profile, ProjectView, Proposal, Services, Unavailable, Watch,
};
use run_plugins::cancel::Cancel;
use run_plugins::consent::Permissions;
use run_plugins::events::{Events, Silent};
use run_plugins::manifest::SettingValue;
use run_plugins::remote::Access;
use run_plugins::{CallError, Limits, Plugin, SourceTree};

use crate::Scratch;
use crate::command::{examples, workspace};

/// The bytes of one fixture of `tests/hostile/plugins`.
///
/// # Panics
/// It does not build.
#[must_use]
pub fn fixture(name: &str) -> Vec<u8> {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| examples("run-hostile-plugins"));
    let path = directory.join(format!("{name}.wasm"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A project, a neighbourhood that nobody may touch, and a host with limits low
/// enough to be met in a second.
pub struct Arena {
    scratch: Scratch,
    /// The bounds of each call.
    pub limits: Limits,
    /// Asks a call to stop.
    pub cancel: Cancel,
    /// The plugin's setting `target`.
    pub target: String,
}

impl Default for Arena {
    fn default() -> Self {
        Self::new()
    }
}

impl Arena {
    /// A fresh one.
    #[must_use]
    pub fn new() -> Self {
        let scratch = Scratch::with(&[
            ("project/main.hostile", "source"),
            ("project/run.toml", "[project]"),
            ("home/secret", "hunter2"),
            ("home/.config/token", "hunter2"),
        ]);
        for directory in ["project/.run/cache", "out"] {
            fs::create_dir_all(scratch.path().join(directory)).expect("a directory");
        }
        Self {
            scratch,
            limits: Limits {
                memory: 64 << 20,
                guest_time: Duration::from_secs(2),
                log: 1 << 20,
                child_output: 8 << 20,
                child_processes: 64,
                grace: Duration::from_millis(300),
                ..Limits::default()
            },
            cancel: Cancel::default(),
            target: String::new(),
        }
    }

    /// A path in the neighbourhood.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.scratch.path().join(path)
    }

    /// Where the plugin keeps what it wants between builds.
    #[must_use]
    pub fn cache(&self) -> PathBuf {
        self.path("project/.run/cache")
    }

    fn host(&self) -> Host {
        Host {
            limits: self.limits.clone(),
            artifacts: run_runtime::ArtifactCache::at(&workspace().join("target/test-artifacts")),
            ..Host::new().expect("the engine starts")
        }
    }

    fn watch(&self) -> Watch {
        Watch {
            events: Arc::new(Silent) as Arc<dyn Events>,
            cancel: self.cancel.clone(),
        }
    }

    /// Calls `build` of a plugin that was granted all it asks for, and asserts
    /// that nothing but its own directories changed.
    ///
    /// # Panics
    /// Something else changed, or the plugin was not even loaded.
    pub fn build(&self, bytes: Vec<u8>) -> Result<Built, CallError> {
        let plugin = Plugin::read("hostile", bytes).expect("it is read");
        let project = self.path("project");
        let tree = SourceTree::of(&project, &plugin.manifest.source).expect("a tree");
        let job = BuildJob {
            project: ProjectView {
                source: tree.root.join("main.hostile"),
                tree,
                settings: vec![("target".into(), SettingValue::String(self.target.clone()))],
                cache: self.cache(),
            },
            name: "victim".into(),
            language: "hostile".into(),
            output: self.path("out"),
            wit: None,
            profile: Profile::Debug,
            reproducible: false,
            locked: false,
            offline: false,
            hermetic: true,
            parallelism: 1,
            source_date_epoch: 0,
            pins: run_plugins::Pins::default(),
        };
        let before = self.surroundings();
        let granted = Permissions::requested(&plugin.manifest);
        let builder = self.host().builder(&plugin, &granted)?;
        let outcome = builder.build(&job, &self.watch());
        assert_eq!(self.surroundings(), before, "the surroundings changed");
        outcome
    }

    /// Calls `plan` of a provider that was granted all it asks for.
    ///
    /// # Panics
    /// Something around it changed, or it was not even loaded.
    pub fn plan(&self, bytes: Vec<u8>) -> Result<Proposal, CallError> {
        let plugin = Plugin::read("hostile", bytes).expect("it is read");
        let artifact = self.path("project/main.hostile");
        let job = DeployJob {
            name: "victim".into(),
            project: "arena".into(),
            environment: "test".into(),
            recorded: BTreeMap::new(),
            digest: Digest::of_file(&artifact).expect("it is there"),
            artifact,
            settings: Vec::new(),
            secrets: Vec::new(),
            idempotency_key: "1".into(),
            source_date_epoch: 0,
            services: Arc::new(NoServices),
        };
        let before = self.surroundings();
        let granted = Permissions::requested(&plugin.manifest);
        let outcome = self
            .host()
            .provider(&plugin, &granted, Access::default())?
            .plan(&job, &self.watch());
        assert_eq!(self.surroundings(), before, "the surroundings changed");
        outcome
    }

    /// Loads a plugin as a builder and says why it was refused.
    ///
    /// # Panics
    /// It was loaded.
    #[must_use]
    pub fn refusal(&self, bytes: Vec<u8>) -> String {
        let loaded = Plugin::read("hostile", bytes).and_then(|plugin| {
            let granted = Permissions::requested(&plugin.manifest);
            match plugin.manifest.plugin.kind {
                run_plugins::manifest::Kind::LanguageBuilder => {
                    self.host().builder(&plugin, &granted).map(drop)
                }
                run_plugins::manifest::Kind::DeployProvider => {
                    let host = self.host();
                    host.provider(&plugin, &granted, Access::default())
                        .map(drop)
                }
            }
        });
        loaded.expect_err("it is refused").to_string()
    }

    /// Every file around the plugin with its content, but for the two
    /// directories that are the plugin's own.
    fn surroundings(&self) -> BTreeMap<PathBuf, Option<Digest>> {
        let mut seen = BTreeMap::new();
        let own = [self.cache(), self.path("out")];
        walk(self.scratch.path(), &own, &mut seen);
        seen
    }
}

/// Nothing is made for a provider here, and nothing kept.
struct NoServices;

impl Services for NoServices {
    fn remember(&self, _: &str, _: &str) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn precompiled(&self, target: &str, _: &Path) -> Result<String, Unavailable> {
        self.runner(target, Path::new(""))
    }

    fn runner(&self, target: &str, _: &Path) -> Result<String, Unavailable> {
        Err(Unavailable {
            message: format!("nothing for `{target}`"),
            help: None,
        })
    }
}

fn walk(dir: &Path, own: &[PathBuf], seen: &mut BTreeMap<PathBuf, Option<Digest>>) {
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if own.contains(&path) {
            continue;
        }
        if path.is_dir() {
            walk(&path, own, seen);
        }
        let digest = Digest::of_file(&path).ok();
        seen.insert(path, digest);
    }
}
