//! Doing it, in an order that leaves what is live working at every step.

use run_plugin_api::{Error, Result};
use run_provider_shared::Method;
use run_provider_transpile::Module;
use serde_json::{Value, json};

use crate::api::{Api, KvNamespace, result};
use crate::metadata::{self, Secret};
use crate::present::Present;
use crate::settings::{Namespace, Settings};
use crate::steps::{Steps, Upload};

/// What goes up.
pub(crate) struct Package<'a> {
    pub(crate) modules: &'a [Module],
    pub(crate) secrets: Vec<Secret>,
    pub(crate) tag: &'a str,
    /// See [`message`].
    pub(crate) digest: &'a str,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    /// The version.
    pub(crate) id: String,
    /// How long its start took there, in milliseconds.
    pub(crate) startup_ms: Option<u64>,
}

#[derive(Debug, serde::Deserialize)]
struct Uploaded {
    startup_time_ms: Option<u64>,
}

#[derive(Debug, serde::Deserialize)]
struct UploadedVersion {
    id: String,
    startup_time_ms: Option<u64>,
}

/// How what was deployed is found in the dashboard, and the artifact's digest
/// by `status`.
pub(crate) fn message(digest: &str) -> String {
    format!("run v2 deploy {digest}")
}

/// The digest in such a message.
pub(crate) fn digest_in(message: &str) -> Option<&str> {
    message.strip_prefix("run v2 deploy ")
}

pub(crate) fn apply(
    api: &Api<'_, '_>,
    settings: &Settings,
    present: &Present,
    steps: &Steps,
    package: Package<'_>,
) -> Result<Applied> {
    let message = message(package.digest);
    let applied = match &steps.upload {
        Upload::Keep(id) => Applied {
            id: id.clone(),
            startup_ms: None,
        },
        how => {
            let upload = metadata::Upload {
                stores: stores(api, settings, present, steps)?,
                secrets: package.secrets,
                tag: package.tag.to_owned(),
                message: message.clone(),
            };
            let first = *how == Upload::First;
            let metadata = metadata::metadata(settings, &upload);
            send(api, &metadata, package.modules, first)?
        }
    };
    let shares = present.shares(&applied.id, settings.rollout);
    let first = steps.upload == Upload::First;
    if !(settings.preview || first || present.is_live(&shares)) {
        api.deploy(&shares, &message)?;
    }
    if !settings.preview && steps.upload == Upload::Version {
        // What is of the Worker and not of a version.
        let body = json!({ "observability": { "enabled": settings.observability } });
        let path = api.script("/script-settings");
        api.client.json(Method::Patch, &path, &body)?;
    }
    reach(api, settings, steps)?;
    Ok(applied)
}

/// Uploads the modules: as a new Worker, or as a version that waits.
fn send(api: &Api<'_, '_>, metadata: &Value, modules: &[Module], first: bool) -> Result<Applied> {
    let (kind, body) = metadata::form(metadata, modules);
    let headers = [("content-type", kind.as_str())];
    // `strict`: what bindings are kept must be there to be kept.
    let (method, path) = match first {
        true => (Method::Put, "?excludeScript=true&bindings_inherit=strict"),
        false => (Method::Post, "/versions?bindings_inherit=strict"),
    };
    let sent = api
        .client
        .try_send(method, &api.script(path), &headers, body)?;
    let answer = sent.map_err(too_slow)?;
    if !first {
        let uploaded: UploadedVersion = result(&answer)?;
        return Ok(Applied {
            id: uploaded.id,
            startup_ms: uploaded.startup_time_ms,
        });
    }
    let uploaded: Uploaded = result(&answer)?;
    // The answer names the script and not the version that it became.
    let newest = api.deployments()?.into_iter().next();
    let share = newest.and_then(|deployed| deployed.versions.into_iter().next());
    let share = share.ok_or_else(|| {
        Error::remote("Cloudflare took the upload and lists no deployment of it")
            .with_help("`deploy status` says how it stands")
    })?;
    Ok(Applied {
        id: share.version_id,
        startup_ms: uploaded.startup_time_ms,
    })
}

/// The platform runs the start of a Worker before it takes it.
fn too_slow(refused: run_provider_shared::PlatformError) -> Error {
    let slow = refused.is("10021");
    let error = Error::from(refused);
    match slow {
        true => error.with_help(
            "the platform could not start it: it parses all of it within a second, so what makes \
             the component smaller helps, such as `--release`",
        ),
        false => error,
    }
}

/// The namespace of each store, made where it is missing.
fn stores(
    api: &Api<'_, '_>,
    settings: &Settings,
    present: &Present,
    steps: &Steps,
) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for (name, namespace) in &settings.stores {
        let title = settings.title(name);
        let id = match namespace {
            Namespace::Id(id) => id.clone(),
            Namespace::New if steps.stores.contains(name) => {
                let path = api.in_account("/storage/kv/namespaces");
                let made: KvNamespace = api.post(&path, &json!({ "title": title }))?;
                made.id
            }
            Namespace::New => match present.namespace(&title) {
                Some(namespace) => namespace.id.clone(),
                None => return Err(Error::remote(format!("the KV namespace `{title}` is gone"))),
            },
        };
        all.push((name.clone(), id));
    }
    Ok(all)
}

/// How it is reached; what is no longer wanted goes last.
fn reach(api: &Api<'_, '_>, settings: &Settings, steps: &Steps) -> Result<()> {
    if let Some(wanted) = steps.workers_dev {
        let body = json!({
            "enabled": wanted.enabled,
            "previews_enabled": wanted.previews_enabled,
        });
        api.post::<Value>(&api.script("/subdomain"), &body)?;
    }
    let zone = settings.zone.as_deref().unwrap_or_default();
    let routes = format!(
        "/zones/{}/workers/routes",
        run_provider_shared::body::encoded(zone)
    );
    for pattern in &steps.add_routes {
        let body = json!({ "pattern": pattern, "script": settings.worker });
        api.post::<Value>(&routes, &body)?;
    }
    for name in &steps.add_domains {
        let body = json!({ "hostname": name, "service": settings.worker });
        api.put::<Value>(&api.in_account("/workers/domains"), &body)?;
    }
    if let Some(crons) = &steps.schedules {
        let body: Vec<_> = crons.iter().map(|cron| json!({ "cron": cron })).collect();
        api.put::<Value>(&api.script("/schedules"), &json!(body))?;
    }
    for route in &steps.remove_routes {
        api.client.delete(&format!("{routes}/{}", route.id))?;
    }
    for domain in &steps.remove_domains {
        let path = format!("/workers/domains/{}", domain.id);
        api.client.delete(&api.in_account(&path))?;
    }
    Ok(())
}
