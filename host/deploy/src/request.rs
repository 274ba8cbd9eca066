//! What is to be deployed, and what the host can make for a provider.

use std::path::Path;

use run_files::Digest;
use run_plugins::api::Unavailable;
use run_plugins::remote::Secret;

use crate::options::Options;

/// One component to be deployed, or that was.
pub struct Request {
    /// The project's name.
    pub project: String,
    /// The profile's name.
    pub profile: String,
    /// The component's name.
    pub component: String,
    /// The component, with all that it imports composed into it; `None` where it
    /// is not deployed now.
    pub wasm: Option<Vec<u8>>,
    /// Its digest.
    pub digest: Digest,
    /// What the profile says.
    pub options: Options,
    /// The values of its secrets; none where nothing is deployed.
    pub secrets: Vec<(String, Secret)>,
    /// Seconds since 1970 that stand for "now" in what is packaged.
    pub source_date_epoch: u64,
}

/// What the host can make of a component for a provider that cannot itself.
pub trait Targets: Send + Sync {
    /// Compiles a component ahead of time, into a file.
    ///
    /// # Errors
    /// Nothing is compiled for that target here.
    fn precompile(&self, wasm: &Path, target: &str, to: &Path) -> Result<(), Unavailable>;

    /// Puts the program that serves a precompiled component into a file.
    ///
    /// # Errors
    /// There is none for that target here.
    fn runner(&self, target: &str, to: &Path) -> Result<(), Unavailable>;
}
