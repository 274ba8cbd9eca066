//! The contract as the rest of the host sees it: two traits, without versions.

use std::path::PathBuf;
use std::sync::Arc;

use run_runtime::{ArtifactCache, Engine};

use crate::artifact::Plugin;
use crate::cancel::Cancel;
use crate::consent::{Permissions, narrow};
use crate::error::{CallError, LoadError};
use crate::events::Events;
use crate::manifest::{Manifest, SettingValue};
use crate::remote::Access;
use crate::sandbox::limits::Limits;
use crate::source_tree::SourceTree;
use crate::tools::Pins;

mod deploy;
mod v0_1;

pub use deploy::{
    Action, DeployJob, Deployment, LogPage, Phase, Proposal, Provider, Services, State,
    Unavailable, Verb,
};

/// The versions of the contract this host can call.
pub const SUPPORTED: &[&str] = &["0.1"];

/// Whether this host can call a plugin built for `version`: the same minor
/// version below 1.0, the same major version after it.
pub(crate) fn is_supported(version: &semver::Version) -> bool {
    (version.major, version.minor) == (0, 1)
}

/// What plugins are run with: one for the whole process.
#[derive(Clone)]
pub struct Host {
    /// The engine plugins run in.
    pub engine: Engine,
    /// Where their compiled form is kept.
    pub artifacts: ArtifactCache,
    /// The bounds of each call.
    pub limits: Limits,
}

impl Host {
    /// With the user's artifact cache and the usual limits.
    ///
    /// # Errors
    /// The engine cannot start.
    pub fn new() -> Result<Self, run_runtime::Error> {
        Ok(Self {
            engine: Engine::plugin()?,
            artifacts: ArtifactCache::user(),
            limits: Limits::default(),
        })
    }

    /// Loads a plugin for building: its imports are checked and it is compiled,
    /// or mapped from the cache. Nothing of it runs yet.
    ///
    /// # Errors
    /// It is no builder, asks for imports it does not get, or does not compile.
    pub fn builder(
        &self,
        plugin: &Plugin,
        granted: &Permissions,
    ) -> Result<Box<dyn Builder>, LoadError> {
        Ok(Box::new(v0_1::Builder::load(
            self,
            plugin,
            self.narrowed(plugin, granted),
        )?))
    }

    /// Loads a plugin for deploying; as [`Host::builder`]. Its requests are sent
    /// with `access`.
    ///
    /// # Errors
    /// As [`Host::builder`].
    pub fn provider(
        &self,
        plugin: &Plugin,
        granted: &Permissions,
        access: Access,
    ) -> Result<Box<dyn Provider>, LoadError> {
        Ok(Box::new(v0_1::Provider::load(
            self,
            plugin,
            self.narrowed(plugin, granted),
            access,
        )?))
    }

    fn narrowed(&self, plugin: &Plugin, granted: &Permissions) -> Arc<Manifest> {
        Arc::new(narrow(plugin.manifest.clone(), granted))
    }
}

/// Who watches a call, and who may stop it.
#[derive(Clone)]
pub struct Watch {
    /// Receives what the plugin reports.
    pub events: Arc<dyn Events>,
    /// Asks the call to stop.
    pub cancel: Cancel,
}

/// Debug or release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Fast to build.
    Debug,
    /// Fast to run.
    Release,
}

/// What a call about one component's source needs to know.
#[derive(Debug, Clone)]
pub struct ProjectView {
    /// The tree behind `/src`.
    pub tree: SourceTree,
    /// The component's `source`, canonical, inside the tree.
    pub source: PathBuf,
    /// `[component.settings]`, checked against the manifest.
    pub settings: Vec<(String, SettingValue)>,
    /// A directory that is this plugin's in this project: `/cache`.
    pub cache: PathBuf,
}

/// One component to be built.
#[derive(Debug, Clone)]
pub struct BuildJob {
    /// Its source.
    pub project: ProjectView,
    /// The component's name.
    pub name: String,
    /// One of the manifest's languages.
    pub language: String,
    /// A fresh, empty directory: `/out`.
    pub output: PathBuf,
    /// The directory with the WIT package, and the world's full name.
    pub wit: Option<(PathBuf, String)>,
    /// Debug or release.
    pub profile: Profile,
    /// Whether the same inputs must give the same bytes anywhere.
    pub reproducible: bool,
    /// Whether dependency lock files must not change.
    pub locked: bool,
    /// Whether no child gets the network.
    pub offline: bool,
    /// Whether to refuse where children cannot be confined.
    pub hermetic: bool,
    /// How many jobs a tool should run at once.
    pub parallelism: u32,
    /// Seconds since 1970 that stand for "now".
    pub source_date_epoch: u64,
    /// What the lock demands of tools.
    pub pins: Pins,
}

/// What came of a build.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// Files below the job's output directory, checked to be regular ones.
    pub artifacts: Vec<Artifact>,
    /// Paths and globs below the source tree's root that decide whether the
    /// next build has anything to do.
    pub depends_on: Vec<String>,
    /// Why the same inputs may give other bytes, where they may.
    pub irreproducible: Option<String>,
    /// The tools that were used, with their versions.
    pub tools: Vec<(String, PathBuf, String)>,
}

/// A file that a build made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// What it is.
    pub kind: ArtifactKind,
    /// Where it is on this machine, below the job's output directory.
    pub path: PathBuf,
    /// Whatever the plugin says of it.
    pub attributes: Vec<(String, String)>,
}

/// Kinds of [`Artifact`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArtifactKind {
    /// The component.
    Component,
    /// A core module for the host to encode.
    CoreModule,
    /// Debug information.
    DebugInfo,
    /// A map from what was built to its source.
    SourceMap,
    /// Anything else that belongs to the component.
    Asset,
}

/// How sure a plugin is that a source is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// The language.
    pub language: String,
    /// 0 to 100.
    pub confidence: u8,
}

/// A template that `init` offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// One line on what it makes.
    pub summary: String,
}

/// A tool that a project needs, and in which versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolRequirement {
    /// The tool's id in the manifest.
    pub tool: String,
    /// A range.
    pub version: String,
    /// Why.
    pub reason: String,
}

/// A loaded plugin that builds. Every call runs in a sandbox of its own.
pub trait Builder: Send + Sync {
    /// Whether the source is in one of its languages.
    ///
    /// # Errors
    /// See [`CallError`].
    fn detect(&self, project: &ProjectView, watch: &Watch) -> Result<Option<Detection>, CallError>;

    /// The tools it needs for the source.
    ///
    /// # Errors
    /// See [`CallError`].
    fn toolchain(
        &self,
        project: &ProjectView,
        watch: &Watch,
    ) -> Result<Vec<ToolRequirement>, CallError>;

    /// Builds one component.
    ///
    /// # Errors
    /// See [`CallError`]; what the compiler found went to the events before.
    fn build(&self, job: &BuildJob, watch: &Watch) -> Result<Built, CallError>;

    /// The templates it has for a language.
    ///
    /// # Errors
    /// See [`CallError`].
    fn templates(&self, language: &str, watch: &Watch) -> Result<Vec<Template>, CallError>;

    /// Writes a template's files into `output`, which is empty, and returns
    /// them.
    ///
    /// # Errors
    /// See [`CallError`].
    fn scaffold(
        &self,
        language: &str,
        template: &str,
        name: &str,
        output: &std::path::Path,
        watch: &Watch,
    ) -> Result<Vec<PathBuf>, CallError>;
}
