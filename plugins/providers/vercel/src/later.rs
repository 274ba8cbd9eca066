//! What is asked for once something is deployed: how it stands, going back,
//! taking it away.

use run_plugin_api::provider::Phase;
use run_plugin_api::{Error, Result};
use run_provider_shared::body::encoded;

use crate::api::{Api, Deployment, Listed, Project};
use crate::ready::{until_live, until_ready};
use crate::steps::Made;
use crate::{domains, variables};

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
    let live = project.live();
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
        // Its turn comes, or somebody went back and it waits.
        Some("READY") if listed.is_staged() => Phase::Pending,
        Some("READY") if listed.target.as_deref() == Some("production") => Phase::Superseded,
        Some("READY") => Phase::Live,
        _ => Phase::Pending,
    }
}

/// Makes an earlier production deployment the live one, or one that is ready and
/// never was; what is live of a preview is a new deployment of the same.
pub(crate) fn rollback(api: &Api<'_, '_>, project: &Project, to: &str) -> Result<Deployment> {
    let deployment = api.deployment(to)?.ok_or_else(|| {
        Error::not_found(format!("there is no deployment `{to}`"))
            .with_help("`deploy status` lists those that there are")
    })?;
    if deployment.target.as_deref() != Some("production") {
        let id = api.deploy_again(project, &deployment)?.id;
        let again = until_ready(api, &id)?;
        if project.rolled_back_from().is_some() {
            api.promote(&project.id, &id)?;
            until_live(api, &project.id, &id)?;
        }
        return Ok(again);
    }
    // Where it was gone back from, this is going on.
    let is_on = project.rolled_back_from() == Some(to);
    match is_on || deployment.substate.as_deref() == Some("STAGED") {
        true => api.promote(&project.id, to)?,
        false => api.roll_back(&project.id, to)?,
    }
    until_live(api, &project.id, to)?;
    Ok(deployment)
}

/// Takes away the project where `apply` made it, else what it deployed to it.
pub(crate) fn destroy(
    api: &Api<'_, '_>,
    project: &Project,
    made_project: bool,
    made: &Made,
) -> Result<()> {
    if made_project {
        let path = format!("/v9/projects/{}", encoded(&project.id));
        return api.client.delete(&api.path(&path, &[]));
    }
    let there = match made.domains.is_empty() {
        true => Vec::new(),
        false => domains::all(api, &project.id)?,
    };
    for name in made.domains.iter().filter(|name| there.contains(name)) {
        domains::remove(api, &project.id, name)?;
    }
    if !made.secrets.is_empty() {
        let present = variables::all(api, &project.id)?;
        for target in ["production", "preview"] {
            for ours in variables::unwanted(&present, &made.secrets, target, &[]) {
                variables::remove(api, &project.id, &ours)?;
            }
        }
    }
    let ours = |listed: &Listed| listed.meta.tag.is_some();
    for listed in api.deployments(&project.id)?.into_iter().filter(ours) {
        let path = format!("/v13/deployments/{}", encoded(&listed.uid));
        api.client.delete(&api.path(&path, &[]))?;
    }
    Ok(())
}
