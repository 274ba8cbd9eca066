//! What has to be done, and doing it.

use std::time::Duration;

use run_plugin_api::provider::{Action, Verb};
use run_plugin_api::{Error, Result};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::api::{Api, Deployment, Listed, Project, missing};
use crate::output::File;
use crate::settings::Settings;

/// How often the platform is asked whether a deployment is there, and how long
/// that is waited between. Prebuilt ones take seconds.
const LOOKS: u32 = 60;
const BETWEEN: Duration = Duration::from_secs(2);

/// What a deployment is of, as the platform keeps it: a digest over its files
/// and target. The values of secrets are the project's, and not in it.
pub(crate) fn tag(files: &[File], target: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(target);
    for file in files {
        hash.update(format!("\n{} {}", file.path, file.sha));
    }
    let hex: Vec<_> = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    hex.concat()
}

/// `production` or `preview`.
pub(crate) fn target(settings: &Settings) -> &'static str {
    if settings.preview {
        "preview"
    } else {
        "production"
    }
}

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct Present {
    pub(crate) project: Option<Project>,
    pub(crate) deployments: Vec<Listed>,
    pub(crate) domains: Vec<String>,
}

/// Asks for all that is relevant. Reads only.
pub(crate) fn present(api: &Api<'_, '_>, settings: &Settings, made: &[String]) -> Result<Present> {
    let Some(project) = api.project(&settings.project)? else {
        return Ok(Present::default());
    };
    let domains = match settings.domains.is_empty() && made.is_empty() {
        true => Vec::new(),
        false => api.domains(&project.id)?,
    };
    Ok(Present {
        deployments: api.deployments(&project.id)?,
        domains,
        project: Some(project),
    })
}

/// All that has to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) create: bool,
    /// The deployment that is there from the same files, and to be used.
    pub(crate) keep: Option<String>,
    pub(crate) secrets: usize,
    pub(crate) add_domains: Vec<String>,
    pub(crate) remove_domains: Vec<String>,
}

impl Steps {
    pub(crate) fn of(settings: &Settings, present: &Present, made: &[String], tag: &str) -> Self {
        // A preview changes nothing of what is live.
        let wanted: &[String] = if settings.preview {
            &[]
        } else {
            &settings.domains
        };
        let gone = present.domains.iter().filter(|name| {
            !settings.preview && made.contains(name) && !settings.domains.contains(name)
        });
        Self {
            create: present.project.is_none(),
            keep: kept(settings, present, tag),
            secrets: settings.secrets.len(),
            add_domains: wanted
                .iter()
                .filter(|name| !present.domains.contains(name))
                .cloned()
                .collect(),
            remove_domains: gone.cloned().collect(),
        }
    }

    /// For the user.
    pub(crate) fn actions(&self, settings: &Settings, files: &[File]) -> Vec<Action> {
        let project = format!("project {}", settings.project);
        let mut actions = Vec::new();
        if self.create {
            actions.push(Action::new(
                Verb::Create,
                &project,
                "there is none of this name",
            ));
        }
        if self.secrets > 0 {
            actions.push(Action::new(
                Verb::Update,
                "secrets",
                format!("{} for {}", settings.secrets.join(", "), target(settings)),
            ));
        }
        actions.push(match &self.keep {
            Some(id) => Action::new(Verb::Keep, &project, format!("{id} is of the same files")),
            None => {
                let size: usize = files.iter().map(|file| file.bytes.len()).sum();
                let verb = if self.create {
                    Verb::Create
                } else {
                    Verb::Update
                };
                let summary = format!(
                    "a {} deployment of {} files, {} KiB",
                    target(settings),
                    files.len(),
                    size.div_ceil(1024)
                );
                Action::new(verb, &project, summary)
            }
        });
        for name in &self.add_domains {
            actions.push(Action::new(
                Verb::Create,
                format!("domain {name}"),
                "to this project",
            ));
        }
        for name in &self.remove_domains {
            let subject = format!("domain {name}");
            actions.push(Action::new(Verb::Delete, subject, "no longer wanted"));
        }
        actions
    }
}

/// The values of secrets cannot be compared, so with secrets nothing is kept.
fn kept(settings: &Settings, present: &Present, tag: &str) -> Option<String> {
    if !settings.secrets.is_empty() {
        return None;
    }
    let same = |listed: &&Listed| {
        listed.meta.tag.as_deref() == Some(tag)
            && !matches!(listed.state.as_deref(), Some("ERROR" | "CANCELED"))
    };
    if settings.preview {
        return Some(present.deployments.iter().find(same)?.uid.clone());
    }
    // What is live, or on its way: an older one of the same files is not.
    let production = |listed: &&Listed| listed.target.as_deref() == Some("production");
    let newest = present.deployments.iter().find(production).filter(same)?;
    let targets = present.project.as_ref()?.targets.as_ref()?;
    let live = targets.production.as_ref().map(|target| target.id.as_str());
    let waiting = newest.state.as_deref() != Some("READY");
    (waiting || live == Some(&newest.uid)).then(|| newest.uid.clone())
}

/// What goes up.
pub(crate) struct Package<'a> {
    pub(crate) files: &'a [File],
    pub(crate) tag: &'a str,
    pub(crate) digest: &'a str,
    /// Names with placeholders.
    pub(crate) secrets: &'a [(String, String)],
}

pub(crate) fn apply(
    api: &Api<'_, '_>,
    settings: &Settings,
    project: &Project,
    steps: &Steps,
    package: &Package<'_>,
) -> Result<Deployment> {
    if !package.secrets.is_empty() {
        api.set_secrets(&project.id, target(settings), package.secrets)?;
    }
    for name in &steps.add_domains {
        api.add_domain(&project.id, name)?;
    }
    let id = match &steps.keep {
        Some(id) => id.clone(),
        None => create(api, &body(settings, project, package), package.files)?.id,
    };
    let deployment = until_ready(api, &id)?;
    for name in &steps.remove_domains {
        api.remove_domain(&project.id, name)?;
    }
    Ok(deployment)
}

fn body(settings: &Settings, project: &Project, package: &Package<'_>) -> Value {
    let files: Vec<_> = package
        .files
        .iter()
        // 33188: a regular file that everybody may read, as `st_mode` has it.
        .map(|f| json!({ "file": f.path, "sha": f.sha, "size": f.bytes.len(), "mode": 33188 }))
        .collect();
    let mut body = json!({
        "name": project.name,
        "project": project.id,
        "version": 2,
        "source": "cli",
        "meta": { "runDigest": package.digest, "runTag": package.tag },
        "env": {},
        "build": { "env": {} },
        "projectSettings": { "sourceFilesOutsideRootDirectory": true },
        "files": files,
    });
    if !settings.preview {
        body["target"] = json!("production");
    }
    body
}

/// Asks for the deployment, sends what the platform lacks, and asks again.
fn create(api: &Api<'_, '_>, body: &Value, files: &[File]) -> Result<Deployment> {
    let refused = match api.deploy(body)? {
        Ok(answer) => return answer.read(),
        Err(refused) => refused,
    };
    let Some(wanted) = missing(&refused)? else {
        return Err(refused.into());
    };
    for sha in wanted {
        // Only what was said to be there is sent, whatever is asked for.
        let file = files.iter().find(|file| file.sha == sha).ok_or_else(|| {
            Error::remote(format!(
                "Vercel asks for a file that is none of ours: {sha}"
            ))
        })?;
        api.send_file(file)?;
    }
    api.deploy(body)??.read()
}

fn until_ready(api: &Api<'_, '_>, id: &str) -> Result<Deployment> {
    for look in 0..LOOKS {
        if look > 0 {
            api.client.pause(BETWEEN)?;
        }
        let Some(deployment) = api.deployment(id)? else {
            return Err(Error::not_found(format!("the deployment `{id}` is gone")));
        };
        match deployment.state.as_str() {
            "READY" => return Ok(deployment),
            "ERROR" | "CANCELED" => {
                let why = deployment.error.as_deref().unwrap_or("it does not say why");
                let error = Error::failed(format!("the deployment `{id}` did not come up: {why}"));
                return Err(match deployment.inspector {
                    Some(url) => error.with_help(format!("its log is at {url}")),
                    None => error,
                });
            }
            _ => {}
        }
    }
    Err(
        Error::remote(format!("the deployment `{id}` is still not ready"))
            .with_help("`deploy status` says how it stands; deploying again waits for it"),
    )
}
