//! The world `deploy-provider`.

use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::Resource;

use super::bindings::DeployJob as Handle;
use super::bindings::provider::DeployProviderPre;
use super::bindings::provider::exports::run::plugin::provider as wit;
use super::call::{Loaded, Setup};
use super::{answers, convert};
use crate::api::{DeployJob, Deployment, Host, LogPage, Proposal, State as Deployed, Watch};
use crate::artifact::Plugin;
use crate::error::{CallError, LoadError};
use crate::manifest::{Kind, Manifest};
use crate::remote::{Access, Placeholders};
use crate::sandbox::http::Network;
use crate::sandbox::paths::Mode;
use crate::sandbox::state::{State, Subject};

/// A provider of this version of the contract.
pub(in crate::api) struct Provider {
    loaded: Loaded,
    access: Access,
}

impl Provider {
    pub(in crate::api) fn load(
        host: &Host,
        plugin: &Plugin,
        granted: Arc<Manifest>,
        access: Access,
    ) -> Result<Self, LoadError> {
        let loaded = Loaded::new(host, plugin, granted, Kind::DeployProvider)?;
        Ok(Self { loaded, access })
    }

    /// Runs one call in a sandbox of its own. Secrets to be deployed are there
    /// only where `deploys`.
    fn call<T>(
        &self,
        job: &DeployJob,
        watch: &Watch,
        network: Network,
        deploys: bool,
        body: impl AsyncFnOnce(
            &wit::Guest,
            &mut Store<State>,
            Resource<Handle>,
        ) -> wasmtime::Result<Result<T, wit::Error>>,
    ) -> Result<T, CallError> {
        let name = &self.loaded.name;
        let scratch = tempfile::Builder::new()
            .prefix("run-plugin-")
            .tempdir()
            .map_err(|source| CallError::Host {
                what: format!("cannot make a temporary directory for the plugin `{name}`"),
                source,
            })?;
        let artifact = job.artifact.parent().unwrap_or(&job.artifact);
        let secrets = if deploys {
            job.secrets.clone()
        } else {
            Vec::new()
        };
        let setup = Setup {
            mounts: vec![
                self.loaded.mount("/artifact", artifact, Mode::Read)?,
                self.loaded.mount("/tmp", scratch.path(), Mode::Write)?,
            ],
            subject: Subject::Deploy(job.clone()),
            frozen: None,
            network,
            access: self.access.clone(),
            placeholders: Placeholders::new(secrets),
            processes: None,
        };
        let answer = self.loaded.call(watch, setup, async |store, instance| {
            let plugin = DeployProviderPre::new(instance.clone())?
                .instantiate_async(&mut *store)
                .await?;
            let handle: Resource<Handle> = store.data_mut().table.push(Handle)?;
            body(plugin.run_plugin_provider(), store, handle).await
        })?;
        answer.map_err(|error| convert::failure(name, answers::error(error)))
    }

    fn checked<T>(&self, answer: Result<T, String>) -> Result<T, CallError> {
        answer.map_err(|rule| CallError::Violation {
            plugin: self.loaded.name.clone(),
            rule,
        })
    }
}

impl crate::api::Provider for Provider {
    fn validate(&self, job: &DeployJob, watch: &Watch) -> Result<(), CallError> {
        self.call(
            job,
            watch,
            Network::None,
            false,
            async |guest, store, job| guest.call_validate(store, job).await,
        )
    }

    fn plan(&self, job: &DeployJob, watch: &Watch) -> Result<Proposal, CallError> {
        let network = Network::ReadOnly;
        let proposal = self.call(job, watch, network, false, async |guest, store, job| {
            guest.call_plan(store, job).await
        })?;
        self.checked(answers::proposal(proposal))
    }

    fn apply(
        &self,
        job: &DeployJob,
        proposal: &Proposal,
        watch: &Watch,
    ) -> Result<Deployment, CallError> {
        let proposal = answers::back(proposal);
        let made = self.call(
            job,
            watch,
            Network::Full,
            true,
            async |guest, store, job| guest.call_apply(store, job, &proposal).await,
        )?;
        self.checked(answers::deployment(made))
    }

    fn status(
        &self,
        job: &DeployJob,
        id: Option<&str>,
        watch: &Watch,
    ) -> Result<Vec<Deployed>, CallError> {
        let network = Network::ReadOnly;
        let states = self.call(job, watch, network, false, async |guest, store, job| {
            guest.call_status(store, job, id).await
        })?;
        self.checked(answers::states(states))
    }

    fn rollback(&self, job: &DeployJob, to: &str, watch: &Watch) -> Result<Deployment, CallError> {
        let made = self.call(
            job,
            watch,
            Network::Full,
            false,
            async |guest, store, job| guest.call_rollback(store, job, to).await,
        )?;
        self.checked(answers::deployment(made))
    }

    fn destroy(&self, job: &DeployJob, watch: &Watch) -> Result<(), CallError> {
        self.call(
            job,
            watch,
            Network::Full,
            false,
            async |guest, store, job| guest.call_destroy(store, job).await,
        )
    }

    fn logs(
        &self,
        job: &DeployJob,
        cursor: Option<&str>,
        watch: &Watch,
    ) -> Result<LogPage, CallError> {
        let network = Network::ReadOnly;
        let page = self.call(job, watch, network, false, async |guest, store, job| {
            guest.call_logs(store, job, cursor).await
        })?;
        self.checked(answers::log_page(page))
    }
}
