//! A component that a plugin builds.

use std::path::Path;
use std::time::{Instant, SystemTime};

use run_files::Digest;
use run_plugins::SourceTree;
use run_plugins::api::{ArtifactKind, BuildJob, ProjectView, Watch};

use super::{Outcome, Session, cores};
use crate::error::BuildError;
use crate::finish::{self, Provenance};
use crate::inputs::Inputs;
use crate::plugins::Available;
use crate::record::Record;
use crate::spec::Spec;

impl Session<'_> {
    pub(super) fn with_plugin(
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
