//! What one build was asked to do, as plain data.

use std::path::PathBuf;

pub(crate) use run_builder_shared::paths::SOURCE_TREE;
use run_plugin_api::{Job, Project};

/// What a component without `wit` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Command,
    Http,
}

/// The WIT that the component is declared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Declared {
    /// The directory with the package and its `deps/`.
    pub(crate) wit: PathBuf,
    /// Fully qualified.
    pub(crate) world: String,
}

/// A job, read once.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The component's name.
    pub(crate) name: String,
    /// The directory of `run.toml`.
    pub(crate) project: PathBuf,
    /// A file or directory below `/src`.
    pub(crate) source: PathBuf,
    pub(crate) declared: Option<Declared>,
    pub(crate) cache: PathBuf,
    pub(crate) artifact: PathBuf,
    pub(crate) locked: bool,
    pub(crate) offline: bool,
    pub(crate) module: Option<String>,
    pub(crate) requirements: Option<String>,
    pub(crate) include: Vec<String>,
    pub(crate) kind: Kind,
    pub(crate) bindings: bool,
    pub(crate) stub_wasi: bool,
}

impl Request {
    pub(crate) fn of(job: &Job) -> Self {
        let project = job.project();
        let name = job.name();
        let declared = job.wit().zip(job.target_world());
        Self {
            artifact: PathBuf::from(job.output()).join(format!("{name}.wasm")),
            project: PathBuf::from(project.root()),
            source: PathBuf::from(project.source()),
            declared: declared.map(|(wit, world)| Declared {
                wit: PathBuf::from(wit),
                world,
            }),
            cache: PathBuf::from(job.cache()),
            locked: job.locked(),
            offline: job.offline(),
            module: project.setting("module"),
            requirements: project.setting("requirements"),
            include: project.setting_values("include"),
            kind: kind(&project),
            bindings: project.flag("bindings"),
            stub_wasi: project.flag("stub-wasi"),
            name,
        }
    }
}

fn kind(project: &Project) -> Kind {
    match project.setting("world").as_deref() {
        Some("http") => Kind::Http,
        _ => Kind::Command,
    }
}

#[cfg(test)]
pub(crate) fn sample() -> Request {
    Request {
        name: "greeter".into(),
        project: "/src".into(),
        source: "/src/app.py".into(),
        declared: None,
        cache: "/cache".into(),
        artifact: "/out/greeter.wasm".into(),
        locked: false,
        offline: false,
        module: None,
        requirements: None,
        include: Vec::new(),
        kind: Kind::Command,
        bindings: false,
        stub_wasi: false,
    }
}
