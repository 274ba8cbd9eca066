//! The plugin: what the host asks for.

use std::path::Path;

use run_plugin_api::provider::{
    Deployment, Encoding, Job, LogPage, Proposal, Provider, State, attribute,
};
use run_plugin_api::{Error, Result, events};
use run_provider_shared::{Wasi, artifact};

use crate::{
    Adapter, Applied, Made, Memory, Ours, Package, Program, Secret, Settings, Slot, Stand, Upload,
    api, item, stores,
};

struct Fastly;

/// What the host is asked to remember.
const SERVICE: &str = "made-service";
const DRAFT: &str = "draft";
const DOMAINS: &str = "domains";
const BACKENDS: &str = "backends";
const LINKS: &str = "links";

/// The most that the host keeps of one fact, in bytes.
const FACT: usize = 1024;

impl Provider for Fastly {
    fn validate(job: &Job) -> Result<()> {
        package(job, &settings(job)?).map(drop)
    }

    fn plan(job: &Job) -> Result<Proposal> {
        let settings = settings(job)?;
        // What is too large or does not fit is said before it is agreed to.
        let (package, _) = package(job, &settings)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        Ok(Proposal {
            actions: crate::plan(&client, &settings, &made(job), &package)?,
            memo: String::new(),
        })
    }

    /// The memo holds nothing: what is there is asked for again, since it may
    /// have changed, or this may be the second attempt.
    fn apply(job: &Job, _: Proposal) -> Result<Deployment> {
        let settings = settings(job)?;
        let (package, adapted) = package(job, &settings)?;
        let digest = job.artifact_digest();
        let upload = Upload {
            package: &package,
            secrets: secrets(job, &settings)?,
            digest: &digest,
        };
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let memory = Remembered(job);
        let applied = crate::deploy(&client, &settings, &made(job), &upload, &memory)?;
        Ok(deployed(&settings, &digest, adapted, applied))
    }

    fn status(job: &Job, id: Option<&str>) -> Result<Vec<State>> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let status = crate::status(&client, &settings, &made(job), id)?;
        let (service, stands) = status.unwrap_or_default();
        let url = url(job, &settings);
        Ok(stands
            .into_iter()
            .map(|stand| state(&service, url.as_deref(), stand))
            .collect())
    }

    fn rollback(job: &Job, to: &str) -> Result<Deployment> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let (service, stand) = crate::rollback(&client, &settings, &made(job), to)?;
        let url = url(job, &settings);
        let mut deployment = state(&service, url.as_deref(), stand).deployment;
        let known = deployment.attributes.iter().any(|a| a.key == "run:digest");
        if deployment.url.is_none() {
            deployment.attributes.push(attribute("run:check", "none"));
        } else if !known || settings.module {
            // Deployed by something else or without the adapter, its answers say
            // nothing.
            deployment.attributes.push(attribute("run:check", "answer"));
        }
        Ok(deployment)
    }

    fn destroy(job: &Job) -> Result<()> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        crate::destroy(&client, &settings, &made(job))?;
        let memory = Remembered(job);
        memory.service("");
        memory.draft(None);
        memory.ours(&Ours::default());
        Ok(())
    }

    fn logs(job: &Job, _: Option<&str>) -> Result<LogPage> {
        let service = job.recorded("service").unwrap_or_else(|| "ID".to_owned());
        Err(Error::unsupported(
            "the platform keeps no log of a service: it sends it to an endpoint of yours, or to \
             whoever watches it live",
        )
        .with_help(format!(
            "`fastly log-tail --service-id {service}` watches it"
        )))
    }
}

run_plugin_api::provider!(Fastly);
run_plugin_api::manifest!("plugin.toml");

fn settings(job: &Job) -> Result<Settings> {
    Settings::read(&job.name(), &job)
}

/// The package, checked against what the platform takes, and whether the adapter
/// is in it.
fn package(job: &Job, settings: &Settings) -> Result<(Package, bool)> {
    let artifact = artifact(Path::new(&job.artifact()))?;
    let digest = job.artifact_digest();
    let environment = settings.environment().as_deref().map(item);
    let slot = Slot {
        digest: &digest,
        environment: environment.as_deref(),
    };
    let program = Program::new(artifact, settings, &Adapter::carried()?, &slot)?;
    let package = Package::new(&settings.name, &program.bytes)?;
    events::debug(&format!("{}: {} bytes", package.file, package.bytes.len()));
    Ok((package, program.adapted))
}

/// Placeholders: the values are not for us.
fn secrets(job: &Job, settings: &Settings) -> Result<Vec<Secret>> {
    settings
        .secrets
        .iter()
        .map(|name| {
            let placeholder = job.secret_in(name, Encoding::Base64);
            let placeholder = placeholder.ok_or_else(|| stores::missing(name))?;
            Ok((name.clone(), placeholder))
        })
        .collect()
}

fn made(job: &Job) -> Made {
    let names = |key: &str| {
        let names = job.recorded(key).unwrap_or_default();
        names.split_whitespace().map(str::to_owned).collect()
    };
    Made {
        service: job.recorded(SERVICE).filter(|id| !id.is_empty()),
        draft: job.recorded(DRAFT).and_then(|number| number.parse().ok()),
        domains: names(DOMAINS),
        backends: names(BACKENDS),
        links: names(LINKS),
    }
}

/// The host's memory.
struct Remembered<'a>(&'a Job);

impl Memory for Remembered<'_> {
    fn service(&self, id: &str) {
        self.0.remember(SERVICE, id);
    }

    fn draft(&self, version: Option<u32>) {
        let text = version.map(|number| number.to_string());
        self.0.remember(DRAFT, &text.unwrap_or_default());
    }

    fn ours(&self, ours: &Ours) {
        self.0.remember(DOMAINS, &fitting(&ours.domains));
        self.0.remember(BACKENDS, &fitting(&ours.backends));
        self.0.remember(LINKS, &fitting(&ours.links));
    }
}

/// As many of the names as the host keeps: what is forgotten is not removed when
/// it is no longer wanted.
fn fitting(names: &[String]) -> String {
    let mut text = String::new();
    for name in names {
        if text.len() + 1 + name.len() > FACT {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(name);
    }
    text
}

fn deployed(settings: &Settings, digest: &str, adapted: bool, applied: Applied) -> Deployment {
    // What answers to any name answers to none in particular.
    let domain = applied.domains.iter().find(|name| !name.starts_with("*."));
    let url = domain.filter(|_| !settings.staging);
    // Without the adapter, its answers say nothing of what they are of.
    let check = match (url, adapted) {
        (None, _) => "none",
        (Some(_), true) => "digest",
        (Some(_), false) => "answer",
    };
    let mut attributes = vec![
        attribute("run:digest", digest),
        attribute("run:check", check),
        attribute("service", applied.service),
    ];
    if let Some(ip) = applied.staging_ip {
        attributes.push(attribute("staging", ip));
    }
    Deployment {
        id: applied.version.to_string(),
        url: url.map(|name| format!("https://{name}")),
        attributes,
    }
}

/// Where the service answers, as far as this deployment goes: what is live belongs
/// to another where this one is in staging.
fn url(job: &Job, settings: &Settings) -> Option<String> {
    job.recorded("url").filter(|_| !settings.staging)
}

fn state(service: &str, url: Option<&str>, stand: Stand) -> State {
    let mut attributes = vec![attribute("service", service)];
    if let Some(digest) = stand.digest {
        attributes.push(attribute("run:digest", digest));
    }
    if let Some(changed) = stand.changed {
        attributes.push(attribute("changed", changed));
    }
    let is_live = stand.phase == run_plugin_api::provider::Phase::Live;
    State {
        phase: stand.phase,
        message: stand.message,
        deployment: Deployment {
            id: stand.version.to_string(),
            url: url.filter(|_| is_live).map(str::to_owned),
            attributes,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_fits() {
        let names: Vec<_> = (0..40)
            .map(|n| format!("{n:02}.{}", "x".repeat(27)))
            .collect();
        let text = fitting(&names);
        assert!(
            text.len() <= FACT && text.len() > FACT - 31,
            "{}",
            text.len()
        );
        let kept: Vec<_> = text.split_whitespace().collect();
        assert_eq!(kept, names[..kept.len()]);
        assert_eq!(fitting(&[]), "");
    }
}
