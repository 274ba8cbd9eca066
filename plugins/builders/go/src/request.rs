//! What one build was asked to do, as plain data.

use std::path::PathBuf;

pub(crate) use run_builder_shared::paths::SOURCE_TREE;
use run_builder_shared::world::World;
use run_plugin_api::{Job, Profile, Result};

/// A job, read once.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The component's name.
    pub(crate) name: String,
    /// A file or directory below `/src`.
    pub(crate) source: PathBuf,
    /// The component's world, and its full name.
    pub(crate) world: Option<World>,
    pub(crate) world_name: String,
    /// The directory of its package.
    pub(crate) wit: Option<PathBuf>,
    pub(crate) output: PathBuf,
    pub(crate) cache: PathBuf,
    pub(crate) release: bool,
    pub(crate) offline: bool,
    pub(crate) jobs: u32,
    pub(crate) compiler: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) ldflags: Vec<String>,
}

impl Request {
    pub(crate) fn of(job: &Job) -> Result<Self> {
        let project = job.project();
        Ok(Self {
            name: job.name(),
            source: PathBuf::from(project.source()),
            world: World::of(job)?,
            world_name: job.target_world().unwrap_or_default(),
            wit: job.wit().map(PathBuf::from),
            output: PathBuf::from(job.output()),
            cache: PathBuf::from(job.cache()),
            release: matches!(job.profile(), Profile::Release),
            offline: job.offline(),
            jobs: job.parallelism(),
            compiler: project.setting("compiler"),
            tags: project.setting_values("tags"),
            ldflags: project.setting_values("ldflags"),
        })
    }

    /// Where files of this component alone are kept.
    pub(crate) fn work(&self) -> PathBuf {
        self.cache.join("components").join(&self.name)
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
        world: None,
        world_name: String::new(),
        wit: None,
        output: "/out".into(),
        cache: "/cache".into(),
        release: false,
        offline: false,
        jobs: 2,
        compiler: None,
        tags: vec![],
        ldflags: vec![],
    }
}
