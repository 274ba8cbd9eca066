//! The world `deploy-provider`.

use std::sync::Arc;

use wasmtime::component::Resource;

use super::bindings::DeployJob as Handle;
use super::bindings::provider::DeployProviderPre;
use super::bindings::provider::exports::run::plugin::provider::Verb;
use super::call::{Loaded, Setup};
use super::convert;
use crate::api::{Action, DeployJob, Host, Proposal, Watch};
use crate::artifact::Plugin;
use crate::error::{CallError, LoadError};
use crate::manifest::{Kind, Manifest};
use crate::sandbox::http::Network;
use crate::sandbox::paths::Mode;
use crate::sandbox::state::Subject;

/// A provider of this version of the contract.
pub(in crate::api) struct Provider(Loaded);

/// The most a proposal's memo may hold.
const MEMO: usize = 64 * 1024;

impl Provider {
    pub(in crate::api) fn load(
        host: &Host,
        plugin: &Plugin,
        granted: Arc<Manifest>,
    ) -> Result<Self, LoadError> {
        Loaded::new(host, plugin, granted, Kind::DeployProvider).map(Self)
    }

    fn setup(
        &self,
        job: &DeployJob,
        network: Network,
    ) -> Result<(Setup, tempfile::TempDir), CallError> {
        let scratch = tempfile::Builder::new()
            .prefix("run-plugin-")
            .tempdir()
            .map_err(|source| CallError::Host {
                what: format!(
                    "cannot make a temporary directory for the plugin `{}`",
                    self.0.name
                ),
                source,
            })?;
        let artifact = job.artifact.parent().unwrap_or(&job.artifact);
        let setup = Setup {
            mounts: vec![
                self.0.mount("/artifact", artifact, Mode::Read)?,
                self.0.mount("/tmp", scratch.path(), Mode::Write)?,
            ],
            subject: Subject::Deploy(job.clone()),
            frozen: None,
            network,
            processes: None,
        };
        Ok((setup, scratch))
    }
}

impl crate::api::Provider for Provider {
    fn validate(&self, job: &DeployJob, watch: &Watch) -> Result<(), CallError> {
        let (setup, _scratch) = self.setup(job, Network::None)?;
        let answer = self.0.call(watch, setup, async |store, instance| {
            let plugin = DeployProviderPre::new(instance.clone())?
                .instantiate_async(&mut *store)
                .await?;
            let handle: Resource<Handle> = store.data_mut().table.push(Handle)?;
            plugin
                .run_plugin_provider()
                .call_validate(store, handle)
                .await
        })?;
        answer.map_err(|error| convert::failure(&self.0.name, error))
    }

    fn plan(&self, job: &DeployJob, watch: &Watch) -> Result<Proposal, CallError> {
        let (setup, _scratch) = self.setup(job, Network::ReadOnly)?;
        let answer = self.0.call(watch, setup, async |store, instance| {
            let plugin = DeployProviderPre::new(instance.clone())?
                .instantiate_async(&mut *store)
                .await?;
            let handle: Resource<Handle> = store.data_mut().table.push(Handle)?;
            plugin.run_plugin_provider().call_plan(store, handle).await
        })?;
        let proposal = answer.map_err(|error| convert::failure(&self.0.name, error))?;
        if proposal.memo.len() > MEMO {
            return Err(CallError::Violation {
                plugin: self.0.name.clone(),
                rule: format!("its proposal's memo is larger than {} KiB", MEMO >> 10),
            });
        }
        Ok(Proposal {
            memo: proposal.memo,
            actions: proposal
                .actions
                .into_iter()
                .map(|action| Action {
                    verb: match action.verb {
                        Verb::Create => "create",
                        Verb::Update => "update",
                        Verb::Replace => "replace",
                        Verb::Delete => "delete",
                        Verb::Promote => "promote",
                        Verb::Keep => "keep",
                    },
                    subject: action.subject,
                    summary: action.summary,
                    destructive: action.destructive,
                })
                .collect(),
        })
    }
}
