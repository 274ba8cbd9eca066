//! Plugins that bring components to where they run.

use crate::Result;
use crate::bindings::deploy_provider::exports::run::plugin::provider as exports;
use crate::bindings::deploy_provider::run::plugin::{credentials, deploy_context};
use crate::bindings::language_builder::run::plugin::types;

use std::marker::PhantomData;

pub use deploy_context::{Encoding, Job};
pub use exports::{Action, Deployment, LogPage, Phase, Proposal, State, Verb};
pub use types::Attribute;

/// A deploy provider; export the type with [`provider!`](crate::provider).
pub trait Provider {
    /// Whether the job can be deployed at all. No network.
    ///
    /// # Errors
    /// A setting or the artifact does not fit.
    fn validate(job: &Job) -> Result<()>;

    /// What [`apply`](Self::apply) would do. Read-only: the host lets only
    /// GET and HEAD pass.
    ///
    /// # Errors
    /// The other end cannot be asked.
    fn plan(job: &Job) -> Result<Proposal>;

    /// Does what was proposed. Called again after a failure with the same
    /// idempotency key.
    ///
    /// # Errors
    /// The other end refused.
    fn apply(job: &Job, proposal: Proposal) -> Result<Deployment>;

    /// What is deployed, newest first, or only the deployment `id`. Read-only.
    ///
    /// # Errors
    /// The other end cannot be asked.
    fn status(job: &Job, id: Option<&str>) -> Result<Vec<State>>;

    /// Makes an earlier deployment the live one.
    ///
    /// # Errors
    /// There is none with this id, or the other end refused.
    fn rollback(job: &Job, to: &str) -> Result<Deployment>;

    /// Removes what `apply` made. The host has asked the user.
    ///
    /// # Errors
    /// The other end refused.
    fn destroy(job: &Job) -> Result<()>;

    /// One page of log lines after `cursor`. Read-only.
    ///
    /// # Errors
    /// The other end cannot be asked.
    fn logs(job: &Job, cursor: Option<&str>) -> Result<LogPage>;
}

impl Deployment {
    /// One that is called `id`, without a URL and attributes.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            url: None,
            attributes: Vec::new(),
        }
    }

    /// Says where it answers: a URL that the platform itself gave.
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Adds an attribute, which is shown, recorded, and given back by
    /// `job.recorded`.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.attributes.push(types::Attribute {
            key: key.to_owned(),
            value: value.into(),
        });
        self
    }
}

impl Action {
    /// One thing that [`Provider::apply`] would do; `subject` is what it is
    /// done to, `summary` a few words for the user.
    #[must_use]
    pub fn new(verb: Verb, subject: impl Into<String>, summary: impl Into<String>) -> Self {
        let destructive = matches!(verb, Verb::Delete | Verb::Replace);
        Self {
            verb,
            subject: subject.into(),
            summary: summary.into(),
            destructive,
        }
    }
}

/// What is said of a deployment: see `deployment` in `wit/provider.wit`.
#[must_use]
pub fn attribute(key: &str, value: impl Into<String>) -> types::Attribute {
    types::Attribute {
        key: key.to_owned(),
        value: value.into(),
    }
}

/// Whether the user has a credential that the manifest declares. Its value is
/// put into requests by the host and is never seen here.
#[must_use]
pub fn has_credential(name: &str) -> bool {
    credentials::available(name)
}

/// Answers the contract's calls with a [`Provider`]. The macro
/// [`provider!`](crate::provider) uses it; plugins do not.
#[doc(hidden)]
#[derive(Debug)]
pub struct Exported<P>(PhantomData<P>);

impl<P: Provider> exports::Guest for Exported<P> {
    fn validate(job: &Job) -> Result<(), types::Error> {
        Ok(P::validate(job)?)
    }

    fn plan(job: &Job) -> Result<Proposal, types::Error> {
        Ok(P::plan(job)?)
    }

    fn apply(job: &Job, proposal: Proposal) -> Result<Deployment, types::Error> {
        Ok(P::apply(job, proposal)?)
    }

    fn status(job: &Job, id: Option<String>) -> Result<Vec<State>, types::Error> {
        Ok(P::status(job, id.as_deref())?)
    }

    fn rollback(job: &Job, to: String) -> Result<Deployment, types::Error> {
        Ok(P::rollback(job, &to)?)
    }

    fn destroy(job: &Job) -> Result<(), types::Error> {
        Ok(P::destroy(job)?)
    }

    fn logs(job: &Job, cursor: Option<String>) -> Result<LogPage, types::Error> {
        Ok(P::logs(job, cursor.as_deref())?)
    }
}
