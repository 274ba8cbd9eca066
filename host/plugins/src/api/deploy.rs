//! What a provider is asked, without versions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Watch;
use crate::error::CallError;
use crate::manifest::SettingValue;

/// What a provider works on.
#[derive(Debug, Clone)]
pub struct DeployJob {
    /// The component's name.
    pub name: String,
    /// The project's name.
    pub project: String,
    /// The profile's name.
    pub environment: String,
    /// The component file: `/artifact/<name>.wasm`.
    pub artifact: PathBuf,
    /// Its digest.
    pub digest: run_files::Digest,
    /// `[deploy.<profile>.options]`, checked against the manifest.
    pub settings: Vec<(String, SettingValue)>,
    /// What the last deployment left behind, by key.
    pub recorded: BTreeMap<String, String>,
    /// The same for every try of one apply.
    pub idempotency_key: String,
    /// Seconds since 1970 that stand for "now" in what is packaged.
    pub source_date_epoch: u64,
}

/// What a provider would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The steps, in order.
    pub actions: Vec<Action>,
    /// The provider's own note, given back to `apply`.
    pub memo: String,
}

/// One step of a [`Proposal`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What happens to it: `create`, `update`, `replace`, `delete`, `promote`,
    /// `keep`.
    pub verb: &'static str,
    /// What it happens to.
    pub subject: String,
    /// One line.
    pub summary: String,
    /// Whether something is lost.
    pub destructive: bool,
}

/// A loaded plugin that deploys. Every call runs in a sandbox of its own.
pub trait Provider: Send + Sync {
    /// Looks at the artifact and the settings; no network.
    ///
    /// # Errors
    /// See [`CallError`].
    fn validate(&self, job: &DeployJob, watch: &Watch) -> Result<(), CallError>;

    /// Says what it would do; may read, may not write.
    ///
    /// # Errors
    /// See [`CallError`].
    fn plan(&self, job: &DeployJob, watch: &Watch) -> Result<Proposal, CallError>;
}
