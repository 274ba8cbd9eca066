//! `run.toml`: what a project is made of.

mod build;
mod build_cache;
mod check;
mod component;
mod dependency;
mod deploy;
mod dev;
mod limits;
mod metadata;
mod plugin;
mod registry;
mod setting;
mod test;

use std::path::Path;

use crate::document;
use crate::problem::{MANIFEST, ManifestError, Problem};
use crate::section::Section;

pub use build::{Build, OptLevel};
pub use build_cache::{BuildCache, CACHE_TIMEOUT, CacheAccess, CacheUrl};
pub use component::{Component, ComponentKind};
pub use dependency::{Dependency, DependencySource, GitReference};
pub use deploy::{Profile, TargetType};
pub use dev::{Dev, LogLevel};
pub use limits::Limits;
pub use metadata::Metadata;
pub use plugin::{PermissionLimits, Plugin, PluginSource};
pub use registry::{DEFAULT_REGISTRY, Registry, Secret};
pub use setting::{Setting, SettingValue};
pub use test::{ExpectedError, Test};

/// A `run.toml` that holds. Lists are in the order of the file.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// `[project]`.
    pub project: Metadata,
    /// `[[component]]` and `[components.NAME]`.
    pub components: Vec<Component>,
    /// `[dependencies]`.
    pub dependencies: Vec<Dependency>,
    /// `[dev_dependencies]`, also spelt `[dev-dependencies]`.
    pub dev_dependencies: Vec<Dependency>,
    /// `[build]`.
    pub build: Build,
    /// `[registry]`.
    pub registry: Registry,
    /// `[dev]`.
    pub dev: Dev,
    /// `[deploy.NAME]`.
    pub profiles: Vec<Profile>,
    /// `[[test]]` and `[tests.NAME]`.
    pub tests: Vec<Test>,
    /// `[plugins]`.
    pub plugins: Vec<Plugin>,
    /// Advice on what holds and is likely not meant.
    pub warnings: Vec<Problem>,
}

impl Manifest {
    /// Reads the text of a `run.toml`. `source_name` is its path, for display.
    ///
    /// # Errors
    /// Everything that is wrong with it, in one go.
    pub fn parse(text: &str, source_name: &Path) -> Result<Self, ManifestError> {
        let (manifest, warnings) = document::read(text, source_name, &MANIFEST, Self::read)?;
        Ok(Self {
            warnings,
            ..manifest
        })
    }

    /// The component of that name.
    #[must_use]
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components
            .iter()
            .find(|component| component.name.as_str() == name)
    }

    /// The plugin that the project calls by that name.
    #[must_use]
    pub fn plugin(&self, name: &str) -> Option<&Plugin> {
        self.plugins
            .iter()
            .find(|plugin| plugin.name.as_str() == name)
    }

    /// The deployment profile of that name.
    #[must_use]
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles
            .iter()
            .find(|profile| profile.name.as_str() == name)
    }

    fn read(mut root: Section<'_>) -> Option<Self> {
        let project = root
            .require("project")
            .and_then(|entry| Metadata::read(entry.section()?));
        let manifest = Self {
            components: component::read(&mut root),
            dependencies: dependency::read(root.take("dependencies")),
            dev_dependencies: dependency::read(
                root.take_one_of(&["dev_dependencies", "dev-dependencies"]),
            ),
            build: Build::read(root.take("build")),
            registry: Registry::read(root.take("registry")),
            dev: Dev::read(root.take("dev")),
            profiles: deploy::read(root.take("deploy")),
            tests: test::read(&mut root),
            plugins: plugin::read(root.take("plugins")),
            warnings: Vec::new(),
            project: project.unwrap_or_else(Metadata::unnamed),
        };
        check::check(&manifest, root.problems);
        root.finish();
        Some(manifest)
    }
}
