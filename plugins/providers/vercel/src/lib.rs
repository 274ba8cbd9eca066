//! Deploys components to Vercel.
//!
//! A component becomes one function in the files that a build of theirs would
//! leave: on Node.js, see `run-provider-transpile`, or as a program of our own, the
//! runner with the component compiled. Files are uploaded by digest, so what the
//! platform has is not sent again.

mod api;
mod deploy;
mod domains;
mod entry;
mod executable;
mod later;
mod node;
mod output;
mod ready;
#[cfg(test)]
mod sequence;
mod settings;
mod steps;
mod variables;

use std::path::Path;

use run_plugin_api::provider::{
    Deployment, Encoding, Job, LogPage, Proposal, Provider, State, attribute,
};
use run_plugin_api::{Error, Result, events};
use run_provider_shared::{Client, Wasi, artifact};
use run_provider_transpile::Outside;

use api::{Api, Project};
use deploy::Package;
use output::File;
use settings::{Runtime, Settings};
use steps::{Made, Steps};

struct Vercel;

/// Facts that the next deployment looks at: what we made.
const DOMAINS: &str = "domains";
const SECRETS: &str = "secrets";
const MADE_PROJECT: &str = "made-project";

impl Provider for Vercel {
    fn validate(job: &Job) -> Result<()> {
        files(job, &settings(job)?).map(drop)
    }

    fn plan(job: &Job) -> Result<Proposal> {
        let settings = settings(job)?;
        let files = files(job, &settings)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = of(&client, &settings);
        let made = made(job);
        let present = steps::present(&api, &settings, &made)?;
        let tag = deploy::tag(&files, deploy::target(&settings));
        let steps = Steps::of(&settings, &present, &made, &tag);
        Ok(Proposal {
            actions: steps.actions(&settings, &files),
            memo: String::new(),
        })
    }

    /// The memo holds nothing: what is there is asked for again, since it may
    /// have changed, or this may be the second attempt.
    fn apply(job: &Job, _: Proposal) -> Result<Deployment> {
        let settings = settings(job)?;
        let files = files(job, &settings)?;
        let secrets = secrets(job, &settings)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = of(&client, &settings);
        let made = made(job);
        let present = steps::present(&api, &settings, &made)?;
        let tag = deploy::tag(&files, deploy::target(&settings));
        let steps = Steps::of(&settings, &present, &made, &tag);
        // From here on they may be there, whatever happens.
        let target = deploy::target(&settings);
        let ours = Made {
            domains: [made.domains, steps.add_domains.clone()].concat(),
            secrets: variables::ours(&present.variables, &made.secrets, target, &settings.secrets),
        };
        remember(job, &ours);
        let project = match present.project {
            Some(project) => project,
            None => {
                let project = api.create_project(&settings.project)?;
                job.remember(MADE_PROJECT, &project.id);
                project
            }
        };
        let digest = job.artifact_digest();
        let package = Package {
            files: &files,
            tag: &tag,
            digest: &digest,
            secrets: &secrets,
        };
        let applied = deploy::apply(&api, &settings, &project, &steps, &package)?;
        for note in &applied.notes {
            events::warn(note);
        }
        remember(job, &ours.without(target, &steps));
        let deployed = applied.deployment;
        let attributes = attributes(&deployed, &project, &settings);
        Ok(Deployment {
            url: url(&deployed, &settings),
            id: deployed.id,
            attributes,
        })
    }

    fn status(job: &Job, id: Option<&str>) -> Result<Vec<State>> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = of(&client, &settings);
        let Some(project) = api.project(&settings.project)? else {
            return Ok(Vec::new());
        };
        let stands = later::status(&api, &project, id)?;
        Ok(stands
            .into_iter()
            .map(|stand| State {
                phase: stand.phase,
                message: stand.message,
                deployment: Deployment {
                    id: stand.id,
                    url: stand.url,
                    attributes: stand
                        .digest
                        .into_iter()
                        .map(|digest| attribute("run:digest", digest))
                        .collect(),
                },
            })
            .collect())
    }

    fn rollback(job: &Job, to: &str) -> Result<Deployment> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = of(&client, &settings);
        let project = existing(&api, &settings)?;
        let deployed = later::rollback(&api, &project, to)?;
        Ok(Deployment {
            url: url(&deployed, &settings),
            attributes: attributes(&deployed, &project, &settings),
            id: deployed.id,
        })
    }

    fn destroy(job: &Job) -> Result<()> {
        let settings = settings(job)?;
        let wasi = Wasi { job };
        let client = api::client(&wasi);
        let api = of(&client, &settings);
        let Some(project) = api.project(&settings.project)? else {
            return Ok(());
        };
        let made_project = job.recorded(MADE_PROJECT).as_deref() == Some(&project.id);
        later::destroy(&api, &project, made_project, &made(job))
    }

    fn logs(_: &Job, _: Option<&str>) -> Result<LogPage> {
        Err(Error::unsupported(
            "Vercel sends a function's log while somebody listens, and keeps none that can be \
             asked for by page",
        )
        .with_help("its dashboard shows the log of a deployment"))
    }
}

run_plugin_api::provider!(Vercel);
run_plugin_api::manifest!("plugin.toml");

fn settings(job: &Job) -> Result<Settings> {
    Settings::read(&job.name(), &job)
}

fn of<'c, 't>(client: &'c Client<'t>, settings: &Settings) -> Api<'c, 't> {
    Api {
        client,
        team: settings.team.clone(),
    }
}

fn existing(api: &Api<'_, '_>, settings: &Settings) -> Result<Project> {
    api.project(&settings.project)?
        .ok_or_else(|| Error::not_found(format!("there is no project `{}`", settings.project)))
}

fn remember(job: &Job, made: &Made) {
    job.remember(DOMAINS, &made.domains.join(" "));
    job.remember(SECRETS, &made.secrets.join(" "));
}

fn made(job: &Job) -> Made {
    let recorded = |key| {
        let names = job.recorded(key).unwrap_or_default();
        names.split_whitespace().map(str::to_owned).collect()
    };
    Made {
        domains: recorded(DOMAINS),
        secrets: recorded(SECRETS),
    }
}

/// Placeholders: the values are not for us.
fn secrets(job: &Job, settings: &Settings) -> Result<Vec<(String, String)>> {
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

fn files(job: &Job, settings: &Settings) -> Result<Vec<File>> {
    let component = artifact(Path::new(&job.artifact()))?;
    let handlers = output::handlers(&Outside::of(&component)?, settings)?;
    let digest = job.artifact_digest();
    match &settings.runtime {
        Runtime::Node => node::deployment(&component, handlers, settings, &digest),
        Runtime::Executable(executable) => {
            let target = executable.architecture.target();
            let runner = artifact(job.runner(target)?.as_ref())?;
            let compiled = artifact(job.precompiled(target)?.as_ref())?;
            executable::deployment((runner, compiled), executable, handlers, settings, &digest)
        }
    }
}

/// The project's own address, which does not change, else the deployment's.
fn url(deployed: &api::Deployment, settings: &Settings) -> Option<String> {
    let own = deployed.url.as_ref();
    let host = match settings.preview {
        true => own,
        false => settings.domains.first().or(deployed.alias.first()).or(own),
    };
    host.map(|host| format!("https://{host}"))
}

fn attributes(
    deployed: &api::Deployment,
    project: &Project,
    settings: &Settings,
) -> Vec<run_plugin_api::provider::Attribute> {
    // The platform lets only members see previews, unless a project says
    // otherwise: that it answers is all that can be seen from outside.
    let check = match (settings.preview, &deployed.meta.digest) {
        (false, Some(_)) => "digest",
        _ => "answer",
    };
    let mut attributes = vec![
        attribute("run:check", check),
        attribute("project", project.name.as_str()),
    ];
    if let Some(digest) = &deployed.meta.digest {
        attributes.push(attribute("run:digest", digest.as_str()));
    }
    attributes
}
