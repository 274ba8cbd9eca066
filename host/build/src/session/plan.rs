//! Whether a component that a plugin builds has to be built at all.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use run_files::Digest;
use run_plugins::manifest::SettingValue;
use run_plugins::{SourceTree, Surroundings, Tool};

use super::cached::remark;
use super::{Decision, Explanation, Outcome, Session, hold};
use crate::cache::{Places, Query};
use crate::cause::Cause;
use crate::error::BuildError;
use crate::facts::{About, Facts};
use crate::plugins::Available;
use crate::record::Record;
use crate::spec::Spec;
use crate::{outside, wit};

/// What came of looking at a component.
pub(super) enum Planned {
    /// There is nothing left to do.
    Done(Outcome),
    /// It has to be built.
    Make(Box<ToMake>),
}

/// A component that has to be built.
pub(super) struct ToMake {
    pub(super) available: Available,
    pub(super) source: PathBuf,
    pub(super) settings: Vec<(String, SettingValue)>,
    pub(super) tree: SourceTree,
    pub(super) work: PathBuf,
    pub(super) output: PathBuf,
    pub(super) facts: Facts,
    pub(super) places: Places,
    pub(super) why: String,
    around: Arc<Around>,
}

/// What is around one plugin's builds, looked at once in a session.
pub(super) struct Around {
    surroundings: Surroundings,
    programs: OnceLock<Programs>,
}

pub(super) struct Programs {
    pub(super) all: Vec<Tool>,
    facts: Vec<(String, String)>,
}

impl ToMake {
    pub(super) fn record(&self) -> PathBuf {
        self.work.join("record.json")
    }

    /// The programs that children can start.
    pub(super) fn programs(&self) -> &Programs {
        self.around.programs.get_or_init(|| {
            let all = self.around.surroundings.programs();
            let facts = outside::programs(&all);
            Programs { all, facts }
        })
    }

    /// What the cache is asked by.
    pub(super) fn query(&self) -> Query<'_> {
        let mut facts = self.facts.clone();
        for (name, value) in &self.programs().facts {
            facts.add(About::Outside, name, value);
        }
        Query {
            first: facts.digest(),
            root: &self.tree.root,
            places: &self.places,
        }
    }
}

impl Session<'_> {
    pub(super) fn plan_plugin(
        &self,
        spec: &Spec,
        source: &Path,
        available: Available,
    ) -> Result<Planned, BuildError> {
        let started = Instant::now();
        let manifest = &available.plugin.manifest;
        let settings = spec.settings_for(manifest)?;
        let tree = SourceTree::of(&self.root, &manifest.source).map_err(|source| {
            BuildError::io("cannot read the project's directory".into(), source)
        })?;
        let around = self.around(&available, &tree, source);
        let places = Places::of(&tree.root);
        let facts = self.facts(spec, &available, &settings, &tree, &around, &places);
        let job = ToMake {
            source: source.to_owned(),
            settings,
            work: self.work(spec)?,
            output: self.output(spec),
            facts,
            places,
            why: String::new(),
            around,
            tree,
            available,
        };
        let causes = match Record::read(&job.record()) {
            Some(record) => {
                let causes = record.stale(&job.facts, &job.tree.root, &job.output);
                // What a strict lock refuses is refused, however often it was
                // built without one.
                let refused = self.options.pins.strict && self.drifted(&job);
                if causes.is_empty() && !refused {
                    let remark = format!("none of its {} inputs changed", record.inputs());
                    self.decided(spec, Decision::Fresh, causes, remark);
                    return Ok(Planned::Done(Outcome::Fresh));
                }
                causes
            }
            None => vec![Cause::not_built()],
        };
        let why = causes.first().map(ToString::to_string).unwrap_or_default();
        if self.cancel.is_cancelled() {
            return Err(run_plugins::CallError::Cancelled.into());
        }
        let missed = match self.ask_cache(spec, &job) {
            Ok(hit) => {
                let remark = remark(&hit);
                self.decided(spec, Decision::Cached(hit.from), causes, remark);
                return self.take(&job, &hit, started).map(Planned::Done);
            }
            Err(missed) => missed,
        };
        // A remote cache may have been waited for meanwhile.
        if self.cancel.is_cancelled() {
            return Err(run_plugins::CallError::Cancelled.into());
        }
        self.decided(spec, Decision::Build, causes, missed);
        Ok(Planned::Make(Box::new(ToMake { why, ..job })))
    }

    fn decided(&self, spec: &Spec, decision: Decision, causes: Vec<Cause>, remark: String) {
        let explanation = Explanation {
            decision,
            causes,
            remark,
        };
        self.reporter.decided(&spec.name, &explanation);
    }

    fn around(&self, available: &Available, tree: &SourceTree, source: &Path) -> Arc<Around> {
        // A tool of the project's own is the one nearest to the source.
        let manifest = &available.plugin.manifest;
        let by_source = manifest.tools.iter().any(|tool| tool.project.is_some());
        let place = if by_source { source } else { Path::new("") };
        let key = Digest::of_fields([
            available.plugin.digest().as_bytes().as_slice(),
            place.as_os_str().as_encoded_bytes(),
        ]);
        hold(&self.around)
            .entry(key)
            .or_insert_with(|| {
                Arc::new(Around {
                    surroundings: Surroundings::new(
                        &available.plugin,
                        &available.granted,
                        tree,
                        source,
                        &self.options.pins,
                    ),
                    programs: OnceLock::new(),
                })
            })
            .clone()
    }

    /// What the lock says of the plugin's tools, and which of them the project
    /// has of its own: either can lead to other tools than the last time.
    fn tools_digest(&self, manifest: &run_plugins::manifest::Manifest) -> Digest {
        let pins = &self.options.pins;
        let pinned: Vec<_> = manifest
            .tools
            .iter()
            .map(|tool| &tool.program)
            .filter(|program| pins.has(program))
            .map(|program| {
                let checksum = pins.checksums.get(program);
                (program, pins.versions.get(program), checksum)
            })
            .collect();
        let mut installed: Vec<_> = std::fs::read_dir(self.root.join(run_plugins::INSTALLED))
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.file_name()))
            .collect();
        installed.sort();
        Digest::of(format!("{pinned:?} {installed:?}").as_bytes())
    }

    /// Everything that decides a build and is no file of the source tree, with
    /// paths as they are in every checkout.
    fn facts(
        &self,
        spec: &Spec,
        available: &Available,
        settings: &[(String, SettingValue)],
        tree: &SourceTree,
        around: &Around,
        places: &Places,
    ) -> Facts {
        let surroundings = &around.surroundings;
        let mut facts = Facts::default();
        facts.add(About::Run, "version", env!("CARGO_PKG_VERSION"));
        let plugin = &available.plugin;
        let id = &plugin.manifest.plugin.id;
        facts.add_digest(
            About::Plugin,
            &format!("the plugin `{id}`"),
            Some(plugin.digest()),
        );
        facts.add_digest(
            About::Launcher,
            "run.lock.toml and .run/toolchains",
            Some(self.tools_digest(&plugin.manifest)),
        );
        facts.add(
            About::Plugin,
            &format!("what the plugin `{id}` was granted"),
            format!("{:?}", available.granted),
        );
        let hide = |path: &Path| outside::shared(path, places);
        facts.add(About::Component, "name", &spec.name);
        facts.add(About::Component, "language", &available.language);
        facts.add(About::Component, "source", outside::source(spec, places));
        facts.add(About::Component, "project's directory", hide(&tree.project));
        if let Some(wit) = &spec.wit {
            facts.add(About::Component, "WIT", hide(wit));
            if wit::patterns(wit, &tree.root).is_empty() {
                facts.add_digest(About::Outside, &hide(wit), outside::digest(wit));
            }
        }
        if let Some(world) = &spec.world {
            facts.add(About::Component, "world", world);
        }
        for (name, value) in settings {
            facts.add(About::Setting, name, outside::shown(value));
        }
        let options = &self.options;
        let profile = format!("{:?}", options.profile).to_lowercase();
        facts.add(About::Option, "profile", profile);
        facts.add(
            About::Option,
            "reproducibility",
            options.reproducible.to_string(),
        );
        let confined = outside::confined(options.hermetic);
        facts.add(About::Option, "confinement of tools", confined);
        let epoch = run_runtime::sandbox::source_date_epoch();
        facts.add(
            About::Option,
            "date in SOURCE_DATE_EPOCH",
            epoch.to_string(),
        );
        for (name, value) in surroundings.variables() {
            let digest = run_files::Digest::of(places.hide(&value).as_bytes());
            facts.add_digest(About::Variable, &name, Some(digest));
        }
        for (name, digest) in surroundings.files(tree) {
            facts.add_digest(About::Outside, &name, digest);
        }
        for (name, digest) in surroundings.launchers() {
            facts.add_digest(About::Launcher, &name, digest);
        }
        facts
    }
}
