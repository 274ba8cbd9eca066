//! Deploys components to AWS Lambda.
//!
//! What is uploaded is an archive of the runner, which is a static program that
//! serves a component without a compiler, and the component compiled for the
//! machine it will run on. Each deployment is a version of the function; the
//! alias `live` points to the one that answers.

mod api;
mod archive;
mod bundle;
mod deploy;
mod logs;
mod role;
mod schedules;
#[cfg(test)]
mod sequence;
mod settings;
mod steps;

use std::time::{SystemTime, UNIX_EPOCH};

use run_plugin_api::provider::{
    Attribute, Deployment, Encoding, Job, LogPage, Phase, Proposal, Provider, State, attribute,
};
use run_plugin_api::{Error, Result};
use run_provider_shared::{Client, Wasi, artifact};
use serde_json::{Map, Value};

use api::Lambda;
use bundle::Bundle;
use deploy::{Deployed, Package, Services};
use logs::Log;
use role::Roles;
use schedules::{Schedules, Target};
use settings::Settings;
use steps::Steps;

struct AwsLambda;

/// Facts that outlive a call: that we made the role, and that there may be
/// schedules.
const MADE_ROLE: &str = "made-role";
const SCHEDULES: &str = "schedules";

impl Provider for AwsLambda {
    fn validate(job: &Job) -> Result<()> {
        bundle(job, &settings(job)?).map(drop)
    }

    fn plan(job: &Job) -> Result<Proposal> {
        let settings = settings(job)?;
        let bundle = bundle(job, &settings)?;
        let wasi = Wasi { job };
        let clients = Clients::new(&wasi, &settings);
        let services = clients.services(&settings);
        let present = deploy::present(&services, &settings, had_schedules(job))?;
        let steps = Steps::of(&settings, &present, &bundle, &job.artifact_digest());
        Ok(Proposal {
            actions: steps.actions(&settings, &services.roles.name, &bundle),
            memo: String::new(),
        })
    }

    /// The memo holds nothing: what is there is asked for again, since it may
    /// have changed, or this may be the second attempt.
    fn apply(job: &Job, _: Proposal) -> Result<Deployment> {
        let settings = settings(job)?;
        let bundle = bundle(job, &settings)?;
        let variables = variables(job, &settings)?;
        let wasi = Wasi { job };
        let clients = Clients::new(&wasi, &settings);
        let services = clients.services(&settings);
        let present = deploy::present(&services, &settings, had_schedules(job))?;
        let digest = job.artifact_digest();
        let steps = Steps::of(&settings, &present, &bundle, &digest);
        if !settings.schedules.is_empty() {
            job.remember(SCHEDULES, "yes");
        }
        let role = match &present.role {
            Some(role) => {
                if job.recorded(MADE_ROLE).is_some() && settings.role.is_none() {
                    // An earlier attempt may have stopped in between.
                    services.roles.attach()?;
                }
                role.clone()
            }
            None => {
                job.remember(MADE_ROLE, &services.roles.name);
                services.roles.create()?
            }
        };
        let package = Package {
            bundle: &bundle,
            digest: &digest,
            variables: &variables,
        };
        let deployed = deploy::apply(&services, &settings, &present, &role, &steps, &package)?;
        Ok(deployment(deployed, &settings, Some(&digest)))
    }

    fn status(job: &Job, id: Option<&str>) -> Result<Vec<State>> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let clients = Clients::new(&wasi, &settings);
        let services = clients.services(&settings);
        let Some(function) = services.lambda.function()? else {
            return Ok(Vec::new());
        };
        let live = services.lambda.live()?;
        let url = services.lambda.url()?.map(|url| url.function_url);
        let mut versions = services.lambda.versions()?;
        versions.reverse();
        let wanted = versions
            .into_iter()
            .filter(|version| id.is_none_or(|id| id == version.version));
        Ok(wanted
            .map(|version| {
                let is_live = live.as_ref() == Some(&version.version);
                let digest = Some(version.description.as_str()).filter(|text| !text.is_empty());
                let deployed = Deployed {
                    url: url.clone().filter(|_| is_live),
                    version: version.version.clone(),
                    arn: function.function_arn.clone(),
                };
                State {
                    phase: phase(is_live, &version.state),
                    message: version.state_reason.clone(),
                    deployment: deployment(deployed, &settings, digest),
                }
            })
            .collect())
    }

    fn rollback(job: &Job, to: &str) -> Result<Deployment> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let clients = Clients::new(&wasi, &settings);
        let services = clients.services(&settings);
        let deployed = deploy::rollback(&services, to)?;
        Ok(deployment(deployed, &settings, None))
    }

    fn destroy(job: &Job) -> Result<()> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let clients = Clients::new(&wasi, &settings);
        let services = clients.services(&settings);
        if had_schedules(job) {
            let there = services.schedules.there()?;
            let prefix = &services.schedules.prefix;
            let gone = schedules::steps(prefix, &[], &Target::default(), &there);
            services.schedules.set(&gone)?;
        }
        services.lambda.destroy()?;
        // A role that was given is not ours to remove.
        match job.recorded(MADE_ROLE) {
            Some(name) if name == services.roles.name => services.roles.destroy(),
            _ => Ok(()),
        }
    }

    fn logs(job: &Job, cursor: Option<&str>) -> Result<LogPage> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi, "logs", Some(&settings.region));
        let log = Log {
            client: &client,
            function: &settings.function,
        };
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        log.page(cursor, u64::try_from(now.as_millis()).unwrap_or_default())
    }
}

run_plugin_api::provider!(AwsLambda);
run_plugin_api::manifest!("plugin.toml");

fn settings(job: &Job) -> Result<Settings> {
    Settings::read(&job.name(), &job)
}

fn had_schedules(job: &Job) -> bool {
    job.recorded(SCHEDULES).is_some()
}

fn phase(is_live: bool, state: &str) -> Phase {
    match (is_live, state) {
        (_, "Failed") => Phase::Failed,
        (_, "Pending") => Phase::Pending,
        (true, _) => Phase::Live,
        (false, _) => Phase::Superseded,
    }
}

/// A client for each service.
struct Clients<'t> {
    lambda: Client<'t>,
    iam: Client<'t>,
    scheduler: Client<'t>,
}

impl<'t> Clients<'t> {
    fn new(transport: &'t dyn run_provider_shared::Transport, settings: &Settings) -> Self {
        let region = Some(settings.region.as_str());
        Self {
            lambda: api::client(transport, "lambda", region),
            iam: api::client(transport, "iam", None),
            scheduler: api::client(transport, "scheduler", region),
        }
    }

    fn services<'c>(&'c self, settings: &'c Settings) -> Services<'c, 't> {
        Services {
            lambda: Lambda {
                client: &self.lambda,
                function: &settings.function,
            },
            roles: Roles {
                client: &self.iam,
                name: role::name(&settings.function),
            },
            schedules: Schedules {
                client: &self.scheduler,
                prefix: schedules::prefix(&settings.function),
            },
        }
    }
}

fn bundle(job: &Job, settings: &Settings) -> Result<Bundle> {
    let target = settings.architecture.target();
    let runner = artifact(job.runner(target)?.as_ref())?;
    let component = artifact(job.precompiled(target)?.as_ref())?;
    bundle::fits("the runner", &runner, settings.architecture)?;
    bundle::fits("the compiled component", &component, settings.architecture)?;
    bundle::bundle(&runner, &component, settings, &job.artifact_digest())
}

/// With placeholders for secrets: their values are not for us.
fn variables(job: &Job, settings: &Settings) -> Result<Map<String, Value>> {
    let mut variables = steps::plain(settings);
    for name in &settings.secrets {
        let placeholder = job.secret_in(name, Encoding::Json).ok_or_else(|| {
            Error::invalid_input(format!("there is no value for the secret `{name}`"))
                .with_help(format!("set {name} in your environment"))
        })?;
        variables.insert(name.clone(), placeholder.into());
    }
    Ok(variables)
}

fn deployment(deployed: Deployed, settings: &Settings, digest: Option<&str>) -> Deployment {
    let check = match settings.url {
        settings::Url::Public => "digest",
        // Nobody without a signature gets an answer.
        settings::Url::Iam | settings::Url::None => "none",
    };
    let mut attributes: Vec<Attribute> = vec![
        attribute("run:check", check),
        attribute("function", deployed.arn),
    ];
    if let Some(digest) = digest {
        attributes.push(attribute("run:digest", digest));
    }
    Deployment {
        id: deployed.version,
        url: deployed.url,
        attributes,
    }
}
