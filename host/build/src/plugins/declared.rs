//! What is said of plugins before they are read.

use std::path::PathBuf;

use run_files::Digest;
use run_plugins::consent::{Limits, Permissions};

/// A plugin that ships with `run`: as the bundle has it.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// The name it goes by.
    pub name: &'static str,
    /// The SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Its manifest.
    pub manifest: &'static str,
    /// Names of its exports.
    pub exports: &'static [&'static str],
    /// Gives the component's bytes by the plugin's name.
    pub unpack: fn(&str) -> Vec<u8>,
}

/// What a project says of one plugin.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Its name in `[plugins]`.
    pub name: String,
    /// Where it is to be had.
    pub source: DeclaredSource,
    /// What the lock file says of it.
    pub locked: Option<Locked>,
    /// What `[plugins.NAME.permissions]` allows it at most.
    pub limits: Limits,
}

/// Where a declared plugin is to be had.
#[derive(Debug, Clone)]
pub enum DeclaredSource {
    /// One that ships with `run`, in this range of versions.
    Bundled(semver::VersionReq),
    /// A file, absolute.
    Path(PathBuf),
    /// Somewhere this release cannot fetch from; what `run.toml` says.
    Elsewhere(String),
}

/// What `run.lock.toml` says of a plugin.
#[derive(Debug, Clone)]
pub struct Locked {
    /// The digest consent was given to.
    pub digest: Digest,
    /// What was granted.
    pub granted: Permissions,
}
