//! A provider with all that its calls need: options, credentials, addresses.

use std::sync::Arc;

use run_build::{Available, Origin, PluginSet};
use run_deploy::{Deployer, Ledger, Options, Patience, Request};
use run_files::Digest;
use run_plugins::api::{Host, Provider, Watch};
use run_plugins::cancel::Cancel;
use run_plugins::consent::narrow;
use run_plugins::remote::{Access, Helpers, Override, Secret, User};
use run_project::{Problem, Project};

use super::confirmed;
use super::error::DeployCommandError;
use super::events::DeployEvents;
use super::profile::{Chosen, Kind};
use super::targets::Shipped;
use crate::args::Deploy;
use crate::failure::Failure;
use crate::project;
use crate::shell::Shell;
use crate::trust;

pub(super) struct Session<'a> {
    project: &'a Project,
    profile: &'a Chosen,
    shell: &'a Shell,
    loaded: Box<dyn Provider>,
    pub(super) provider: String,
    pub(super) options: Options,
    pub(super) secrets: Vec<(String, Secret)>,
    patience: Patience,
    cancel: Cancel,
}

impl<'a> Session<'a> {
    /// Everything is looked at before anything is sent. `deploys` is whether
    /// secrets are to be deployed.
    pub(super) fn new(
        project: &'a Project,
        plugins: &PluginSet,
        profile: &'a Chosen,
        args: &Deploy,
        deploys: bool,
        cancel: Cancel,
        shell: &'a Shell,
    ) -> Result<Self, Failure> {
        let Kind::Edge { provider } = &profile.kind else {
            return Err(DeployCommandError::NotRunning {
                profile: profile.name.clone(),
            }
            .into());
        };
        let Some((available, provider)) = plugins.for_provider(provider) else {
            return Err(super::profile::provider(plugins, provider)
                .err()
                .unwrap_or(DeployCommandError::Nothing)
                .into());
        };
        agree(&available, args.to.yes, shell)?;
        let granted = narrow(available.plugin.manifest.clone(), &available.granted);
        let variable = |name: &str| std::env::var(name).ok();
        let user = User {
            variable: &variable,
            home: run_files::dirs::home(),
            helpers: match run_files::dirs::config() {
                Some(dir) => Helpers::read(&dir.join("credentials.toml"))?,
                None => Helpers::default(),
            },
        };
        let options =
            run_deploy::options(&granted, &profile.options, &user).map_err(|problems| {
                let problems = problems.into_iter().map(|problem| Problem {
                    code: "run::deploy::option",
                    message: problem.message,
                    span: Some(problem.span),
                    label: String::new(),
                    help: Some(problem.help),
                });
                project::refused(project, problems.collect())
            })?;
        let secrets = match deploys {
            true => options.secret_values(&user)?,
            false => Vec::new(),
        };
        let access = Access::find(&granted, &user)?;
        access.complete()?;
        for Override {
            host,
            variable,
            url,
            ..
        } in access.overrides()
        {
            shell.note(&format!("requests to {host} go to {url} ({variable})"));
        }
        let patience = Patience {
            live: args.wait,
            answer: args.wait.min(Patience::default().answer),
            private: access.overrides().iter().any(Override::is_here),
            ..Patience::default()
        };
        let loaded = Host::new()?.provider(&available.plugin, &available.granted, access)?;
        Ok(Self {
            project,
            profile,
            shell,
            loaded,
            provider,
            options,
            secrets,
            patience,
            cancel,
        })
    }

    /// The record, to be changed or only looked at.
    pub(super) fn ledger(&self, component: &str, changes: bool) -> Result<Ledger, Failure> {
        let (root, profile) = (&self.project.root, &self.profile.name);
        Ok(if changes {
            Ledger::open(root, profile, component, &self.provider)?
        } else {
            Ledger::read(root, profile, component, &self.provider)?
        })
    }

    pub(super) fn deployer(
        &self,
        component: &str,
        artifact: Option<(Vec<u8>, Digest)>,
        ledger: Ledger,
    ) -> Result<Deployer<'_>, Failure> {
        let (wasm, digest) = match artifact {
            Some((wasm, digest)) => (Some(wasm), digest),
            None => {
                let current = ledger.record().current;
                let digest = current.and_then(|current| current.digest?.parse().ok());
                (None, digest.unwrap_or_else(|| Digest::of(b"")))
            }
        };
        let events = DeployEvents {
            shell: self.shell.clone(),
            component: component.to_owned(),
            root: self.project.root.clone(),
        };
        let request = Request {
            project: self.project.manifest.project.name.value.as_str().to_owned(),
            profile: self.profile.name.clone(),
            component: component.to_owned(),
            wasm,
            digest,
            options: self.options.clone(),
            secrets: self.secrets.clone(),
            source_date_epoch: epoch(),
        };
        let watch = Watch {
            events: events.shared(),
            cancel: self.cancel.clone(),
        };
        Ok(Deployer::new(
            &*self.loaded,
            request,
            ledger,
            Arc::new(Shipped),
            watch,
            self.patience,
        )?)
    }
}

/// A plugin that came with the project acts in the name of whoever deploys, so
/// it is they who agree, and not the project's lock file alone.
fn agree(available: &Available, yes: bool, shell: &Shell) -> Result<(), Failure> {
    let digest = available.plugin.digest();
    if available.origin == Origin::Bundled || trust::is_trusted(&digest) {
        return Ok(());
    }
    shell.warn(&format!(
        "the plugin `{}` ({digest}) comes with this project and was never used here; it wants to use:",
        available.plugin.name
    ));
    let granted = &available.granted;
    for sentence in granted
        .credentials
        .iter()
        .chain(&granted.env)
        .chain(&granted.hosts)
    {
        shell.err(&format!("  {sentence}"));
    }
    confirmed(yes, "Let it act in your name?", shell)?;
    trust::trust(&digest);
    Ok(())
}

/// `SOURCE_DATE_EPOCH`, else the beginning of 1980, the earliest that every
/// archive can say.
fn epoch() -> u64 {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok();
    given
        .and_then(|text| text.parse().ok())
        .unwrap_or(315_532_800)
}
