//! Building a component with its plugin.

use std::path::Path;
use std::time::{Instant, SystemTime};

use run_plugins::api::{Artifact, ArtifactKind, BuildJob, Built, ProjectView, Watch};
use run_runtime::{ArtifactCache, Wasm};

use super::plan::ToMake;
use super::{Outcome, Session};
use crate::cache::Entry;
use crate::error::BuildError;
use crate::finish::{self, Provenance};
use crate::inputs::Inputs;
use crate::record::Record;
use crate::spec::Spec;
use crate::wit;

impl Session<'_> {
    pub(super) fn make(
        &self,
        spec: &Spec,
        to_make: &ToMake,
        parallelism: u32,
    ) -> Result<Outcome, BuildError> {
        let started = (Instant::now(), SystemTime::now());
        let staged = self.world(spec, &to_make.work)?;
        let out = tempfile::Builder::new()
            .prefix("out-")
            .tempdir_in(&to_make.work)
            .map_err(|source| BuildError::io("cannot make the output directory".into(), source))?;
        let mut job = self.job(spec, to_make, parallelism)?;
        job.output = out.path().to_owned();
        job.wit = staged
            .as_ref()
            .map(|staged| (staged.dir.clone(), staged.world.name()));
        let watch = Watch {
            events: self.reporter.started(&spec.name, &to_make.why),
            cancel: self.cancel.clone(),
        };
        let available = &to_make.available;
        let builder = self
            .host()?
            .builder(&available.plugin, &available.granted)
            .map_err(run_plugins::CallError::from)?;
        let built = builder.build(&job, &watch)?;
        if let Some(reason) = built
            .irreproducible
            .as_ref()
            .filter(|_| self.options.reproducible)
        {
            return Err(BuildError::Irreproducible {
                name: spec.name.clone(),
                reason: reason.clone(),
            });
        }
        let artifact = only(spec, to_make, &built)?;
        let bytes = std::fs::read(&artifact.path)
            .map_err(|source| BuildError::io("cannot read what was built".into(), source))?;
        let about = &available.plugin.manifest.plugin;
        let provenance = Provenance {
            language: available.language.clone(),
            plugin: (about.id.clone(), about.version.to_string()),
        };
        let world = staged.as_ref().map(|staged| &staged.world);
        let artifacts = ArtifactCache::user();
        let component = finish::finish(&spec.name, bytes, world, Some(&provenance), &artifacts)?;
        // The disk is waited for meanwhile.
        std::thread::scope(|scope| {
            let warmed = scope.spawn(|| self.warm(&component));
            finish::publish(&component, &to_make.output)?;
            self.remember(spec, to_make, built, &component, started.1)?;
            warmed
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        Ok(Outcome::Built {
            output: to_make.output.clone(),
            size: component.bytes().len() as u64,
            took: started.0.elapsed(),
        })
    }

    fn job(&self, spec: &Spec, to_make: &ToMake, parallelism: u32) -> Result<BuildJob, BuildError> {
        let source = std::fs::canonicalize(&to_make.source).map_err(|error| {
            BuildError::io(format!("cannot read `{}`", to_make.source.display()), error)
        })?;
        let id = &to_make.available.plugin.manifest.plugin.id;
        Ok(BuildJob {
            project: ProjectView {
                tree: to_make.tree.clone(),
                source,
                settings: to_make.settings.clone(),
                cache: self.root.join(".run/cache").join(cache_name(id)),
            },
            name: spec.name.clone(),
            language: to_make.available.language.clone(),
            output: std::path::PathBuf::new(),
            wit: None,
            profile: self.options.profile,
            reproducible: self.options.reproducible,
            locked: self.options.locked,
            offline: self.options.offline,
            hermetic: self.options.hermetic,
            parallelism,
            source_date_epoch: run_runtime::sandbox::source_date_epoch(),
            pins: self.options.pins.clone(),
        })
    }

    /// Notes what it was made from, for the next build here and anywhere.
    fn remember(
        &self,
        spec: &Spec,
        to_make: &ToMake,
        built: Built,
        component: &Wasm,
        since: SystemTime,
    ) -> Result<(), BuildError> {
        let mut patterns = built.depends_on;
        // A plugin that declared nothing is asked again each time.
        if patterns.is_empty() && spec.wit.is_none() {
            return Ok(());
        }
        let root = &to_make.tree.root;
        // What a tool generated into the plugin's cache was made from the rest.
        let own = format!("{}.run/", below(root, &to_make.tree.project));
        patterns.retain(|pattern| !pattern.starts_with(&own));
        if let Some(wit) = &spec.wit {
            patterns.extend(wit::patterns(wit, root));
        }
        let written = &to_make.available.plugin.manifest.source.writable;
        let inputs = Inputs::after_build(root, &patterns, since, written);
        let programs = built.tools.iter().map(|(program, ..)| program.clone());
        let size = component.bytes().len() as u64;
        let entry = Entry::new(
            component.digest(),
            size,
            programs.collect(),
            built.irreproducible,
        );
        if self.cache.is_on() {
            let query = to_make.query();
            self.cache.keep(&query, &inputs, component, &entry);
            self.warn_of_cache();
        }
        let paths = built.tools.iter().map(|(_, path, _)| path.as_path());
        Record::new(to_make.facts.clone(), inputs, paths, component.digest())
            .write(&to_make.record())
            .map_err(|source| BuildError::io("cannot write the build record".into(), source))
    }
}

/// The path of a directory relative to another that it lies in, to be put in
/// front of names.
fn below(root: &Path, directory: &Path) -> String {
    match directory.strip_prefix(root).ok().and_then(Path::to_str) {
        None | Some("") => String::new(),
        Some(relative) => format!("{relative}/"),
    }
}

/// The one component that a builder returns.
fn only<'b>(spec: &Spec, to_make: &ToMake, built: &'b Built) -> Result<&'b Artifact, BuildError> {
    let components: Vec<_> = built
        .artifacts
        .iter()
        .filter(|a| matches!(a.kind, ArtifactKind::Component | ArtifactKind::CoreModule))
        .collect();
    match components.as_slice() {
        [artifact] => Ok(artifact),
        others => Err(BuildError::Artifacts {
            name: spec.name.clone(),
            plugin: to_make.available.plugin.name.clone(),
            found: others.len(),
        }),
    }
}

/// A plugin's id as a directory name.
pub(crate) fn cache_name(id: &str) -> String {
    id.replace(':', "-")
}
