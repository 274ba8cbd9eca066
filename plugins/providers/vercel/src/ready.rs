//! Waiting until the platform has made a deployment, or made one live.

use std::time::Duration;

use run_plugin_api::{Error, Result};

use crate::api::{Api, Deployment};

/// How often the platform is asked whether a deployment is there, and how long
/// that is waited between. Prebuilt ones take seconds.
const LOOKS: u32 = 60;
const BETWEEN: Duration = Duration::from_secs(2);

/// The deployment, once it is ready.
///
/// # Errors
/// It failed, is gone, or takes too long.
pub(crate) fn until_ready(api: &Api<'_, '_>, id: &str) -> Result<Deployment> {
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

/// Waits until a deployment is live that the platform was asked to make so: it
/// takes that in, and does it later.
///
/// # Errors
/// It failed, or takes too long.
pub(crate) fn until_live(api: &Api<'_, '_>, project: &str, id: &str) -> Result<()> {
    for look in 0..LOOKS {
        if look > 0 {
            api.client.pause(BETWEEN)?;
        }
        let Some(project) = api.project(project)? else {
            return Err(Error::not_found(format!("the project `{project}` is gone")));
        };
        if project.live().is_some_and(|live| live.id == id) {
            return Ok(());
        }
        let failed = project.pointed.is_some_and(|pointed| pointed.failed_at(id));
        if failed {
            return Err(Error::failed(format!(
                "the platform did not make `{id}` live: not every domain could be pointed to it"
            )));
        }
    }
    Err(Error::remote(format!("`{id}` is still not live"))
        .with_help("`deploy status` says how it stands"))
}
