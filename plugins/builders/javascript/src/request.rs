//! What one build was asked to do, as plain data.

use std::path::{Path, PathBuf};

pub(crate) use run_builder_shared::paths::{SOURCE_TREE, text};
use run_plugin_api::{Job, Project};

/// A job, read once.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The component's name.
    pub(crate) name: String,
    /// A file or directory below `/src`.
    pub(crate) source: PathBuf,
    /// The component's WIT package and the full name of its world.
    pub(crate) world: Option<(PathBuf, String)>,
    pub(crate) output: PathBuf,
    pub(crate) cache: PathBuf,
    pub(crate) root: PathBuf,
    pub(crate) settings: Settings,
}

/// The project's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `None` where the source and the world decide.
    pub(crate) engine: Option<String>,
    /// `None` where TypeScript is checked if that is possible.
    pub(crate) typecheck: Option<bool>,
    /// Whether declarations of the world are written.
    pub(crate) types: bool,
}

impl Settings {
    pub(crate) fn of(project: &Project) -> Self {
        Self {
            engine: project.setting("engine").filter(|engine| engine != "auto"),
            typecheck: project.setting("typecheck").map(|value| value == "true"),
            types: project.flag("types"),
        }
    }
}

impl Request {
    pub(crate) fn of(job: &Job) -> Self {
        let project = job.project();
        Self {
            name: job.name(),
            source: PathBuf::from(project.source()),
            world: job.wit().map(PathBuf::from).zip(job.target_world()),
            output: PathBuf::from(job.output()),
            cache: PathBuf::from(job.cache()),
            root: PathBuf::from(project.root()),
            settings: Settings::of(&project),
        }
    }

    /// The component's file below `/out`.
    pub(crate) fn artifact(&self) -> PathBuf {
        self.output.join(format!("{}.wasm", self.name))
    }
}

/// A path as the user knows it: without the tree's guest name.
pub(crate) fn shown(path: &Path) -> String {
    text(path.strip_prefix(SOURCE_TREE).unwrap_or(path))
}
