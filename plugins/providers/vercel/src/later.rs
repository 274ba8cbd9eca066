//! What is asked for once something is deployed: how it stands, going back,
//! taking it away.

use run_plugin_api::provider::Phase;
use run_plugin_api::{Error, Result};
use run_provider_shared::Method;
use run_provider_shared::body::encoded;
use serde_json::json;

use crate::api::{Api, Deployment, Listed, Project};

/// How one deployment stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stand {
    pub(crate) id: String,
    pub(crate) phase: Phase,
    pub(crate) url: Option<String>,
    pub(crate) digest: Option<String>,
    pub(crate) message: Option<String>,
}

/// Newest first; all that the platform lists, or one.
pub(crate) fn status(api: &Api<'_, '_>, project: &Project, id: Option<&str>) -> Result<Vec<Stand>> {
    let live = project.targets.as_ref().and_then(|t| t.production.as_ref());
    let listed = api.deployments(&project.id)?;
    Ok(listed
        .into_iter()
        .filter(|listed| id.is_none_or(|id| listed.uid == id))
        .map(|listed| {
            let is_live = live.is_some_and(|live| live.id == listed.uid);
            let alias = live.filter(|_| is_live).and_then(|live| live.alias.first());
            let url = alias.or(listed.url.as_ref());
            let phase = phase(&listed, is_live);
            Stand {
                phase,
                url: url.map(|host| format!("https://{host}")),
                message: match phase {
                    Phase::Live if !is_live => Some("a preview".to_owned()),
                    Phase::Live => None,
                    _ => listed.state.clone(),
                },
                digest: listed.meta.digest,
                id: listed.uid,
            }
        })
        .collect())
}

/// A preview that is ready is live, at its own address.
fn phase(listed: &Listed, is_live: bool) -> Phase {
    match listed.state.as_deref() {
        Some("ERROR" | "CANCELED") => Phase::Failed,
        Some("READY") if is_live => Phase::Live,
        Some("READY") if listed.target.as_deref() == Some("production") => Phase::Superseded,
        Some("READY") => Phase::Live,
        _ => Phase::Pending,
    }
}

/// Makes an earlier production deployment the live one, or a preview.
pub(crate) fn rollback(api: &Api<'_, '_>, project: &Project, to: &str) -> Result<Deployment> {
    let deployment = api.deployment(to)?.ok_or_else(|| {
        Error::not_found(format!("there is no deployment `{to}`"))
            .with_help("`deploy status` lists those that there are")
    })?;
    let verb = match deployment.target.as_deref() {
        Some("production") => "/v1/projects/{}/rollback/",
        _ => "/v10/projects/{}/promote/",
    };
    let path = verb.replace("{}", &encoded(&project.id)) + &encoded(to);
    api.client
        .json(Method::Post, &api.path(&path, &[]), &json!({}))?;
    Ok(deployment)
}

/// Takes away the project where `apply` made it, else what it deployed to it.
pub(crate) fn destroy(
    api: &Api<'_, '_>,
    project: &Project,
    made_project: bool,
    domains: &[String],
) -> Result<()> {
    if made_project {
        let path = format!("/v9/projects/{}", encoded(&project.id));
        return api.client.delete(&api.path(&path, &[]));
    }
    let there = match domains.is_empty() {
        true => Vec::new(),
        false => api.domains(&project.id)?,
    };
    for name in domains.iter().filter(|name| there.contains(name)) {
        api.remove_domain(&project.id, name)?;
    }
    let ours = |listed: &Listed| listed.meta.tag.is_some();
    for listed in api.deployments(&project.id)?.into_iter().filter(ours) {
        let path = format!("/v13/deployments/{}", encoded(&listed.uid));
        api.client.delete(&api.path(&path, &[]))?;
    }
    Ok(())
}
