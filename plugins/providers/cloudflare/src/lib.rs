//! Deploys components to Cloudflare Workers.
//!
//! A component becomes a Worker of statically imported modules, see
//! `run-provider-transpile`. What has to be done follows from the settings and
//! from what is there ([`steps`]), so the plan and `apply` cannot differ, and
//! what was interrupted is finished by doing the rest.

mod api;
mod apply;
mod later;
mod metadata;
mod present;
mod reached;
#[cfg(test)]
mod sequence;
mod settings;
mod steps;
mod worker;

use std::path::Path;

use run_plugin_api::provider::{
    Deployment, Encoding, Job, LogPage, Proposal, Provider, State, attribute,
};
use run_plugin_api::{Error, Result, events};
use run_provider_shared::{Wasi, artifact};
use run_provider_transpile::{Module, Outside};

use later::Stand;
use present::Made;
use settings::Settings;
use steps::Steps;

struct Cloudflare;

/// What of a deployment's tag stands for this plugin's own modules.
const PACKAGED: &str = env!("CARGO_PKG_VERSION");

/// Attributes of a deployment that the next one looks at.
const DOMAINS: &str = "domains";
const ROUTES: &str = "routes";

impl Provider for Cloudflare {
    fn validate(job: &Job) -> Result<()> {
        prepared(job).map(drop)
    }

    fn plan(job: &Job) -> Result<Proposal> {
        // What is too large or cannot be translated is said before it is agreed to.
        let (settings, _) = prepared(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = present::api(&client, &settings)?;
        let made = made(job);
        let present = present::present(&api, &settings, &made)?;
        let steps = Steps::of(&settings, &present, &made, &tag(job, &settings))?;
        Ok(Proposal {
            actions: steps.actions(&settings, &present),
            memo: String::new(),
        })
    }

    /// The memo holds nothing: what is there is asked for again, since it may
    /// have changed, or this may be the second attempt.
    fn apply(job: &Job, _: Proposal) -> Result<Deployment> {
        let (settings, modules) = prepared(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = present::api(&client, &settings)?;
        let made = made(job);
        let present = present::present(&api, &settings, &made)?;
        let tag = tag(job, &settings);
        let steps = Steps::of(&settings, &present, &made, &tag)?;
        let package = apply::Package {
            modules: &modules,
            secrets: secrets(job, &settings)?,
            tag: &tag,
            digest: &job.artifact_digest(),
        };
        // From here on they may be there, whatever happens.
        job.remember(DOMAINS, &union(&made.domains, &settings.domains));
        job.remember(ROUTES, &union(&made.routes, &settings.routes));
        let applied = apply::apply(&api, &settings, &present, &steps, package)?;
        let url = reached::url(&settings, present.subdomain.as_deref(), &applied.id);
        let mut attributes = vec![
            attribute("run:digest", job.artifact_digest()),
            attribute("run:check", reached::check(&settings, url.as_deref())),
            attribute("worker", settings.worker.as_str()),
            attribute("account", api.account.as_str()),
            attribute(DOMAINS, settings.domains.join(" ")),
            attribute(ROUTES, settings.routes.join(" ")),
        ];
        if let Some(milliseconds) = applied.startup_ms {
            attributes.push(attribute("start-up", format!("{milliseconds} ms")));
        }
        Ok(Deployment {
            id: applied.id,
            url,
            attributes,
        })
    }

    fn status(job: &Job, id: Option<&str>) -> Result<Vec<State>> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = present::api(&client, &settings)?;
        let stands = later::status(&api, id)?;
        if stands.is_empty() {
            return Ok(Vec::new());
        }
        let mut settings = settings;
        settings.workers_dev = api.workers_dev()?.enabled;
        let subdomain = api.subdomain()?;
        Ok(stands
            .into_iter()
            .map(|stand| state(&settings, subdomain.as_deref(), stand))
            .collect())
    }

    fn rollback(job: &Job, to: &str) -> Result<Deployment> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = present::api(&client, &settings)?;
        let version = later::rollback(&api, to)?;
        let subdomain = api.subdomain()?;
        let message = version.annotations.message.as_deref();
        let mut attributes = vec![attribute("worker", settings.worker.as_str())];
        match message.and_then(apply::digest_in) {
            Some(digest) => attributes.push(attribute("run:digest", digest)),
            // It was deployed by something else, whose answers say nothing.
            None => attributes.push(attribute("run:check", "answer")),
        }
        Ok(Deployment {
            url: reached::url(&settings, subdomain.as_deref(), &version.id),
            id: version.id,
            attributes,
        })
    }

    fn destroy(job: &Job) -> Result<()> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = present::api(&client, &settings)?;
        later::destroy(&api, &settings, &made(job))
    }

    fn logs(job: &Job, cursor: Option<&str>) -> Result<LogPage> {
        let settings = settings(job)?;
        if !settings.observability {
            return Err(Error::unsupported(
                "the platform keeps no log of this Worker: `observability` is off",
            ));
        }
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        later::logs(&present::api(&client, &settings)?, cursor)
    }
}

run_plugin_api::provider!(Cloudflare);
run_plugin_api::manifest!("plugin.toml");

fn settings(job: &Job) -> Result<Settings> {
    Settings::read(&job.name(), &job)
}

fn tag(job: &Job, settings: &Settings) -> String {
    present::tag(settings, &job.artifact_digest(), PACKAGED)
}

fn made(job: &Job) -> Made {
    let recorded = |key: &str| {
        let names = job.recorded(key).unwrap_or_default();
        names.split_whitespace().map(str::to_owned).collect()
    };
    Made {
        domains: recorded(DOMAINS),
        routes: recorded(ROUTES),
    }
}

fn union(made: &[String], wanted: &[String]) -> String {
    let new = wanted.iter().filter(|name| !made.contains(name));
    let all: Vec<_> = made.iter().chain(new).map(String::as_str).collect();
    all.join(" ")
}

/// Placeholders: the values are not for us.
fn secrets(job: &Job, settings: &Settings) -> Result<Vec<metadata::Secret>> {
    settings
        .secrets
        .iter()
        .map(|name| {
            let placeholder = job.secret_in(name, Encoding::Json).ok_or_else(|| {
                Error::invalid_input(format!("there is no value for the secret `{name}`"))
                    .with_help(format!("set {name} in your environment"))
            })?;
            Ok((name.clone(), placeholder))
        })
        .collect()
}

/// The settings and the modules, checked against what the platform takes.
fn prepared(job: &Job) -> Result<(Settings, Vec<Module>)> {
    let mut settings = settings(job)?;
    let component = artifact(Path::new(&job.artifact()))?;
    let outside = Outside::of(&component)?;
    let stores: Vec<_> = settings
        .stores
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    let handlers = worker::handlers(&outside, !settings.crons.is_empty(), !stores.is_empty())?;
    // What only schedules call has no address.
    settings.workers_dev &= handlers.fetch;
    let modules = worker::modules(&component, handlers, &stores, &job.artifact_digest())?;
    events::debug(&format!(
        "{} modules, {} bytes",
        modules.len(),
        run_provider_transpile::size(&modules)
    ));
    Ok((settings, modules))
}

fn state(settings: &Settings, subdomain: Option<&str>, stand: Stand) -> State {
    let mut attributes = Vec::new();
    if let Some(digest) = stand.digest {
        attributes.push(attribute("run:digest", digest));
    }
    if let Some(created) = stand.created {
        attributes.push(attribute("created", created));
    }
    let live = stand.percent > 0.0;
    State {
        phase: stand.phase,
        message: live.then(|| format!("{} % of the requests", stand.percent)),
        deployment: Deployment {
            url: live
                .then(|| reached::url(settings, subdomain, &stand.id))
                .flatten(),
            id: stand.id,
            attributes,
        },
    }
}
