//! One component: which way it is built, and the ways that need no plugin.

use std::path::{Path, PathBuf};
use std::time::Instant;

use run_runtime::{ArtifactCache, Wasm, inspect};

use super::plan::Planned;
use super::{Outcome, Session};
use crate::error::BuildError;
use crate::finish;
use crate::spec::{Kind, Spec};
use crate::wit;

impl Session<'_> {
    /// Whether a component is there already, can be had, or must be made.
    pub(super) fn plan(&self, spec: &Spec) -> Result<Planned, BuildError> {
        match &spec.kind {
            Kind::Prebuilt { path } => self.prebuilt(spec, path).map(Planned::Done),
            Kind::Source { source, language } => {
                self.require(spec, source)?;
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
                    return self.text(spec, source).map(Planned::Done);
                }
                let plugin = self
                    .plugins
                    .choose(spec, language.as_deref(), source, self)?;
                self.plan_plugin(spec, source, plugin)
            }
        }
    }

    /// The source must be there.
    pub(crate) fn require(&self, spec: &Spec, source: &Path) -> Result<(), BuildError> {
        if source.exists() {
            return Ok(());
        }
        Err(spec.missing(
            format!(
                "the source of `{}` is not there: `{}`",
                spec.name,
                source.display()
            ),
            "create it, or correct the path",
            Some(spec.kind_span.clone()),
        ))
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
        let component = Wasm::read(path)?;
        if !self.options.precompile {
            inspect::check(&component, &ArtifactCache::user())?;
        }
        self.warm(&component)?;
        Ok(Outcome::Prebuilt)
    }

    /// WebAssembly text needs no plugin.
    fn text(&self, spec: &Spec, source: &Path) -> Result<Outcome, BuildError> {
        let started = Instant::now();
        let work = self.work(spec)?;
        let world = self.world(spec, &work)?;
        let bytes = Wasm::read(source)?.bytes().to_vec();
        let staged = world.as_ref().map(|staged| &staged.world);
        let component = finish::finish(&spec.name, bytes, staged, None, &ArtifactCache::user())?;
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

    pub(super) fn world(
        &self,
        spec: &Spec,
        work: &Path,
    ) -> Result<Option<wit::Staged>, BuildError> {
        let stage = |wit: &PathBuf| wit::stage(wit, spec.world.as_deref(), work, &self.root);
        spec.wit.as_ref().map(stage).transpose()
    }

    /// The component's own directory under `.run/build`, without what a killed
    /// build left there.
    pub(super) fn work(&self, spec: &Spec) -> Result<PathBuf, BuildError> {
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
}
