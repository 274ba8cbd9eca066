//! Doing it.

use run_plugin_api::{Error, Result};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::api::{Api, Deployment, Project, missing};
use crate::output::File;
use crate::ready::{until_live, until_ready};
use crate::settings::Settings;
use crate::steps::Steps;
use crate::{domains, variables};

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

/// What goes up.
pub(crate) struct Package<'a> {
    pub(crate) files: &'a [File],
    pub(crate) tag: &'a str,
    pub(crate) digest: &'a str,
    /// Names with placeholders.
    pub(crate) secrets: &'a [(String, String)],
}

/// What came of it.
pub(crate) struct Applied {
    pub(crate) deployment: Deployment,
    /// What the user has to do.
    pub(crate) notes: Vec<String>,
}

pub(crate) fn apply(
    api: &Api<'_, '_>,
    settings: &Settings,
    project: &Project,
    steps: &Steps,
    package: &Package<'_>,
) -> Result<Applied> {
    if !package.secrets.is_empty() {
        variables::set(api, &project.id, target(settings), package.secrets)?;
    }
    let mut notes = Vec::new();
    for name in &steps.add_domains {
        notes.extend(domains::add(api, &project.id, name)?);
    }
    let id = match &steps.keep {
        Some(id) => id.clone(),
        None => create(api, &body(settings, project, package), package.files)?.id,
    };
    let deployment = until_ready(api, &id)?;
    if steps.promote {
        api.promote(&project.id, &id)?;
        until_live(api, &project.id, &id)?;
    }
    for name in &steps.remove_domains {
        domains::remove(api, &project.id, name)?;
    }
    for variable in &steps.remove_secrets {
        variables::remove(api, &project.id, variable)?;
    }
    Ok(Applied { deployment, notes })
}

fn body(settings: &Settings, project: &Project, package: &Package<'_>) -> Value {
    let files: Vec<_> = package
        .files
        .iter()
        .map(|f| {
            let (size, mode) = (f.bytes.len(), f.mode.bits());
            json!({ "file": f.path, "sha": f.sha, "size": size, "mode": mode })
        })
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
