//! What one build was asked to do, as plain data.

use std::path::{Path, PathBuf};

use run_plugin_api::{Job, Profile};

/// The target every component is compiled for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// The directory that the host shows the source tree in.
pub(crate) const SOURCE_TREE: &str = "/src";

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

/// The path as text; guest paths are UTF-8.
pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The path with `.` and `..` worked out, without asking the file system.
pub(crate) fn normal(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
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
