//! The programs of a plugin: which it may run and how, and where they are.

pub(crate) mod environment;
mod error;
mod locate;
pub(crate) mod patterns;
mod pins;
mod place;
mod probe;
mod reads;
mod script;

use std::path::PathBuf;

pub use error::ToolError;
pub use locate::Tools;
pub use pins::{Drift, Pins};
pub use place::{INSTALLED, Place, installed_name};

/// A tool as it is on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// What the plugin calls it.
    pub id: String,
    /// What it is called on `PATH`.
    pub program: String,
    /// The real program: no launcher, no symbolic link.
    pub path: PathBuf,
    /// Where it was found.
    pub place: Place,
    /// The version it printed, where the manifest says how to ask.
    pub version: Option<String>,
    /// What its process reads of its own.
    pub(crate) files: Vec<PathBuf>,
}

impl Tool {
    /// The SHA-256 of the program's file: the one the system starts, whatever
    /// links and launchers lead to it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn digest(&self) -> std::io::Result<run_files::Digest> {
        probe::digest(&self.path)
    }
}

/// A version as a tool prints it, made comparable: `1.95` is `1.95.0`, and a
/// nightly of a release is that release.
pub(crate) fn release(version: &str) -> Option<semver::Version> {
    let numbers = version.split(['-', '+']).next().unwrap_or(version);
    let missing = 2_usize.saturating_sub(numbers.matches('.').count());
    semver::Version::parse(&format!("{numbers}{}", ".0".repeat(missing))).ok()
}
