//! What a provider's job can be asked, and whether credentials are there.

use wasmtime::component::Resource;

use super::bindings::DeployJob as Handle;
use super::bindings::builder::run::plugin::types::{Attribute, Error, ErrorKind};
use super::bindings::provider::run::plugin::{credentials, deploy_context as wit};
use super::{convert, settings};
use crate::api::{DeployJob, Unavailable};
use crate::remote::Encoding;
use crate::sandbox::state::{State, Subject};

/// Facts that may be remembered of one deployment.
const FACTS: usize = 64;
/// Bytes of a fact's key.
const KEY: usize = 64;
/// Bytes of a fact.
const FACT: usize = 1024;

impl credentials::Host for State {
    fn available(&mut self, name: String) -> wasmtime::Result<bool> {
        Ok(self.http_policy.access.has(&name))
    }
}

impl wit::Host for State {}

impl State {
    fn deploy(&self) -> wasmtime::Result<&DeployJob> {
        match &self.subject {
            Subject::Deploy(job) => Ok(job),
            _ => Err(wasmtime::Error::msg("there is no deployment in this call")),
        }
    }

    /// A file beside the artifact, made on demand.
    fn beside(
        &self,
        make: impl FnOnce(&DeployJob, &std::path::Path) -> Result<String, Unavailable>,
    ) -> wasmtime::Result<Result<String, Error>> {
        let job = self.deploy()?;
        let directory = job.artifact.parent().unwrap_or(&job.artifact);
        // Compiling and copying is the host's work, not the plugin's.
        self.clock.pause();
        let made = make(job, directory);
        self.clock.run();
        Ok(match made {
            Ok(file) => Ok(format!("/artifact/{file}")),
            Err(Unavailable { message, help }) => Err(Error {
                help,
                ..convert::error(ErrorKind::Unsupported, message)
            }),
        })
    }
}

impl wit::HostJob for State {
    fn name(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok(self.deploy()?.name.clone())
    }

    fn project(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok(self.deploy()?.project.clone())
    }

    fn environment(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok(self.deploy()?.environment.clone())
    }

    fn artifact(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        let file = self.deploy()?.artifact.file_name();
        let file = file.and_then(|name| name.to_str());
        Ok(format!("/artifact/{}", file.unwrap_or_default()))
    }

    fn artifact_digest(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok(self.deploy()?.digest.to_string())
    }

    fn setting(&mut self, job: Resource<Handle>, key: String) -> wasmtime::Result<Option<String>> {
        Ok(self.setting_values(job, key)?.into_iter().next())
    }

    fn setting_values(
        &mut self,
        _: Resource<Handle>,
        key: String,
    ) -> wasmtime::Result<Vec<String>> {
        Ok(settings::values(&self.deploy()?.settings, &key))
    }

    fn settings(&mut self, _: Resource<Handle>) -> wasmtime::Result<Vec<Attribute>> {
        Ok(settings::attributes(&self.deploy()?.settings))
    }

    fn idempotency_key(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok(self.deploy()?.idempotency_key.clone())
    }

    fn source_date_epoch(&mut self, _: Resource<Handle>) -> wasmtime::Result<u64> {
        Ok(self.deploy()?.source_date_epoch)
    }

    fn precompiled(
        &mut self,
        _: Resource<Handle>,
        target: String,
    ) -> wasmtime::Result<Result<String, Error>> {
        self.beside(|job, into| job.services.precompiled(&target, into))
    }

    fn runner(
        &mut self,
        _: Resource<Handle>,
        target: String,
    ) -> wasmtime::Result<Result<String, Error>> {
        self.beside(|job, into| job.services.runner(&target, into))
    }

    fn secret(&mut self, job: Resource<Handle>, name: String) -> wasmtime::Result<Option<String>> {
        self.secret_in(job, name, wit::Encoding::Raw)
    }

    fn secret_in(
        &mut self,
        _: Resource<Handle>,
        name: String,
        encoding: wit::Encoding,
    ) -> wasmtime::Result<Option<String>> {
        let encoding = match encoding {
            wit::Encoding::Raw => Encoding::Raw,
            wit::Encoding::Json => Encoding::Json,
            wit::Encoding::Form => Encoding::Form,
            wit::Encoding::Base64 => Encoding::Base64,
        };
        self.placeholders
            .give(&name, encoding)
            .map_err(|error| wasmtime::Error::msg(error.to_string()))
    }

    fn recorded(&mut self, _: Resource<Handle>, key: String) -> wasmtime::Result<Option<String>> {
        Ok(self.deploy()?.recorded.get(&key).cloned())
    }

    fn remember(
        &mut self,
        _: Resource<Handle>,
        key: String,
        value: String,
    ) -> wasmtime::Result<()> {
        use crate::sandbox::http::Network;
        if self.http_policy.mode != Network::Full {
            let rule = "it wanted a fact kept in a step that may only read";
            return Err(self.violation.trap(rule));
        }
        let printable = |text: &str| !text.chars().any(char::is_control);
        let fits = !key.is_empty() && key.len() <= KEY && value.len() <= FACT;
        if !fits || !printable(&key) || !printable(&value) {
            return Err(self.violation.trap(format!(
                "it wanted a fact kept that is no line of at most {FACT} bytes with a name of at most {KEY}"
            )));
        }
        let violation = self.violation.clone();
        let Subject::Deploy(job) = &mut self.subject else {
            return Err(wasmtime::Error::msg("there is no deployment in this call"));
        };
        job.recorded.insert(key.clone(), value.clone());
        if job.recorded.len() > FACTS + super::answers::ENTRIES {
            return Err(violation.trap(format!("it wanted more than {FACTS} facts kept")));
        }
        job.services
            .remember(&key, &value)
            .map_err(|error| wasmtime::Error::msg(format!("cannot keep a fact: {error}")))
    }

    async fn wait(&mut self, _: Resource<Handle>, milliseconds: u32) -> wasmtime::Result<bool> {
        let cancel = self.watch.cancel.clone();
        let time = std::time::Duration::from_millis(milliseconds.into());
        self.clock.pause();
        let waited = tokio::select! {
            () = tokio::time::sleep(time) => true,
            () = cancel.cancelled() => false,
        };
        self.clock.run();
        Ok(waited)
    }

    fn drop(&mut self, job: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(job)?;
        Ok(())
    }
}
