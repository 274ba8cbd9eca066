//! What one build was asked to do, as plain data.

use std::path::PathBuf;

pub(crate) use run_builder_shared::paths::{SOURCE_TREE, normal, text};
use run_plugin_api::{Job, Profile};

/// The target every component is compiled for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// A job, read once.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The component's name.
    pub(crate) name: String,
    /// A file or directory below `/src`.
    pub(crate) source: PathBuf,
    /// The component's WIT package.
    pub(crate) wit: Option<PathBuf>,
    pub(crate) output: PathBuf,
    pub(crate) cache: PathBuf,
    pub(crate) release: bool,
    pub(crate) reproducible: bool,
    pub(crate) locked: bool,
    pub(crate) offline: bool,
    pub(crate) jobs: u32,
    pub(crate) features: Vec<String>,
    pub(crate) default_features: bool,
    pub(crate) package: Option<String>,
    pub(crate) bin: Option<String>,
    pub(crate) edition: String,
}

impl Request {
    pub(crate) fn of(job: &Job) -> Self {
        let project = job.project();
        Self {
            name: job.name(),
            source: PathBuf::from(project.source()),
            wit: job.wit().map(PathBuf::from),
            output: PathBuf::from(job.output()),
            cache: PathBuf::from(job.cache()),
            release: matches!(job.profile(), Profile::Release),
            reproducible: job.reproducible(),
            locked: job.locked(),
            offline: job.offline(),
            jobs: job.parallelism(),
            features: project.setting_values("features"),
            default_features: project.flag("default-features"),
            package: project.setting("package"),
            bin: project.setting("bin"),
            edition: project
                .setting("edition")
                .unwrap_or_else(|| "2024".to_owned()),
        }
    }

    /// Whether `Cargo.lock` must stay as it is: a build that resolves anew is
    /// not reproducible.
    pub(crate) fn frozen_lock(&self) -> bool {
        self.locked || self.reproducible
    }

    /// The component's file below `/out`.
    pub(crate) fn artifact(&self) -> PathBuf {
        self.output.join(format!("{}.wasm", self.name))
    }
}

#[cfg(test)]
pub(crate) fn sample() -> Request {
    Request {
        name: "greeter".into(),
        source: "/src".into(),
        wit: None,
        output: "/out".into(),
        cache: "/cache".into(),
        release: false,
        reproducible: false,
        locked: false,
        offline: false,
        jobs: 2,
        features: vec![],
        default_features: true,
        package: None,
        bin: None,
        edition: "2024".into(),
    }
}
