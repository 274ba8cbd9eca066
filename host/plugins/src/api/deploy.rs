//! What a provider is asked and what it answers, without versions.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Watch;
use crate::error::CallError;
use crate::manifest::SettingValue;
use crate::remote::Secret;

/// What a provider works on.
#[derive(Clone)]
pub struct DeployJob {
    /// The component's name.
    pub name: String,
    /// The project's name.
    pub project: String,
    /// The profile's name.
    pub environment: String,
    /// The component file: `/artifact/<name>.wasm`. Its directory is this job's
    /// own.
    pub artifact: PathBuf,
    /// Its digest.
    pub digest: run_files::Digest,
    /// `[deploy.<profile>.options]`, checked against the manifest.
    pub settings: Vec<(String, SettingValue)>,
    /// Secrets to be deployed, by the names the user lists.
    pub secrets: Vec<(String, Secret)>,
    /// What the last deployment left behind, by key.
    pub recorded: BTreeMap<String, String>,
    /// The same for every try of one apply.
    pub idempotency_key: String,
    /// Seconds since 1970 that stand for "now" in what is packaged.
    pub source_date_epoch: u64,
    /// What the host does for the provider on its way.
    pub services: Arc<dyn Services>,
}

/// What the host does for a provider while it works.
pub trait Services: Send + Sync {
    /// Keeps a fact about the deployment at once.
    ///
    /// # Errors
    /// It cannot be written.
    fn remember(&self, key: &str, value: &str) -> io::Result<()>;

    /// Compiles the artifact ahead of time into a file of `into`, and gives its
    /// name.
    ///
    /// # Errors
    /// Nothing is compiled for that target here.
    fn precompiled(&self, target: &str, into: &Path) -> Result<String, Unavailable>;

    /// Puts the program that serves a precompiled component into `into`, and
    /// gives its name.
    ///
    /// # Errors
    /// There is none for that target here.
    fn runner(&self, target: &str, into: &Path) -> Result<String, Unavailable>;
}

/// Something the host cannot do for a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// What and why.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
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
    /// What happens to it.
    pub verb: Verb,
    /// What it happens to.
    pub subject: String,
    /// One line.
    pub summary: String,
    /// Whether something is lost.
    pub destructive: bool,
}

/// What happens to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It is removed and made anew.
    Replace,
    /// It is removed.
    Delete,
    /// It becomes the live one.
    Promote,
    /// Nothing.
    Keep,
}

impl Verb {
    /// Its name: `create`, for example.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Promote => "promote",
            Self::Keep => "keep",
        }
    }
}

/// Something that was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The platform's name for it.
    pub id: String,
    /// Where it answers.
    pub url: Option<String>,
    /// Whatever the provider says of it.
    pub attributes: Vec<(String, String)>,
}

impl Deployment {
    /// An attribute's value.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == key)?;
        Some(value)
    }
}

/// A deployment and how it fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// How it fares.
    pub phase: Phase,
    /// What it is.
    pub deployment: Deployment,
    /// The platform's words.
    pub message: Option<String>,
}

/// How a deployment fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not yet live.
    Pending,
    /// Answering.
    Live,
    /// Another one is live.
    Superseded,
    /// It will not be live.
    Failed,
}

impl Phase {
    /// Its name: `live`, for example.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Live => "live",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
        }
    }
}

/// Some log lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// Oldest first.
    pub lines: Vec<String>,
    /// Where the next page begins; `None` where there will be none.
    pub cursor: Option<String>,
}

/// A loaded plugin that deploys. Every call runs in a sandbox of its own, and
/// nothing it sends is sent twice by the host.
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

    /// Does it.
    ///
    /// # Errors
    /// See [`CallError`].
    fn apply(
        &self,
        job: &DeployJob,
        proposal: &Proposal,
        watch: &Watch,
    ) -> Result<Deployment, CallError>;

    /// What is deployed, newest first; may read, may not write.
    ///
    /// # Errors
    /// See [`CallError`].
    fn status(
        &self,
        job: &DeployJob,
        id: Option<&str>,
        watch: &Watch,
    ) -> Result<Vec<State>, CallError>;

    /// Makes an earlier deployment the live one.
    ///
    /// # Errors
    /// See [`CallError`].
    fn rollback(&self, job: &DeployJob, to: &str, watch: &Watch) -> Result<Deployment, CallError>;

    /// Removes all that was made.
    ///
    /// # Errors
    /// See [`CallError`].
    fn destroy(&self, job: &DeployJob, watch: &Watch) -> Result<(), CallError>;

    /// Log lines after `cursor`; may read, may not write.
    ///
    /// # Errors
    /// See [`CallError`].
    fn logs(
        &self,
        job: &DeployJob,
        cursor: Option<&str>,
        watch: &Watch,
    ) -> Result<LogPage, CallError>;
}
