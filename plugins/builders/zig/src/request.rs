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
    /// The component's world.
    pub(crate) world: Option<World>,
    pub(crate) output: PathBuf,
    pub(crate) cache: PathBuf,
    /// One of Zig's modes.
    pub(crate) optimize: String,
    pub(crate) reproducible: bool,
    pub(crate) offline: bool,
    pub(crate) jobs: u32,
    /// Whether the program wants C's library.
    pub(crate) libc: bool,
    /// `NAME=VALUE` for `build.zig`.
    pub(crate) options: Vec<String>,
    /// Which of the files that `build.zig` installs is the component.
    pub(crate) artifact: Option<String>,
}

impl Request {
    pub(crate) fn of(job: &Job) -> Result<Self> {
        let project = job.project();
        let by_profile = match job.profile() {
            Profile::Debug => "Debug",
            Profile::Release => "ReleaseSmall",
        };
        Ok(Self {
            name: job.name(),
            source: PathBuf::from(project.source()),
            world: World::of(job)?,
            output: PathBuf::from(job.output()),
            cache: PathBuf::from(job.cache()),
            optimize: project
                .setting("optimize")
                .unwrap_or_else(|| by_profile.to_owned()),
            reproducible: job.reproducible(),
            offline: job.offline(),
            jobs: job.parallelism(),
            libc: project.flag("libc"),
            options: project.setting_values("options"),
            artifact: project.setting("artifact"),
        })
    }

    /// Where files of this component alone are kept.
    pub(crate) fn work(&self) -> PathBuf {
        self.cache.join("components").join(&self.name)
    }
}

#[cfg(test)]
pub(crate) fn sample() -> Request {
    Request {
        name: "greeter".into(),
        source: "/src/main.zig".into(),
        world: None,
        output: "/out".into(),
        cache: "/cache".into(),
        optimize: "ReleaseSmall".into(),
        reproducible: false,
        offline: false,
        jobs: 2,
        libc: false,
        options: vec![],
        artifact: None,
    }
}
