//! Doing it, in an order that leaves what is live working at every step: a new
//! version is made beside it, and activated when it is complete.

use run_plugin_api::{Error, Result};
use sha2::{Digest, Sha256};

use crate::answers::{Link, Store};
use crate::api::{Api, At};
use crate::package::Package;
use crate::present::{Made, Present};
use crate::settings::Settings;
use crate::steps::Steps;
use crate::stores::{self, Secret};

/// What goes up.
#[derive(Debug)]
pub struct Upload<'a> {
    /// The package.
    pub package: &'a Package,
    /// Placeholders of secrets.
    pub secrets: Vec<Secret>,
    /// The artifact.
    pub digest: &'a str,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The service's id.
    pub service: String,
    /// The version.
    pub version: u32,
    /// What it answers.
    pub domains: Vec<String>,
    /// Where it answers in staging.
    pub staging_ip: Option<String>,
}

/// Told as soon as something is there, whatever happens afterwards.
pub trait Memory {
    /// The service was made.
    fn service(&self, id: &str);

    /// A version was begun, or is no longer one that was begun.
    fn draft(&self, version: Option<u32>);

    /// These are ours, and no others.
    fn ours(&self, ours: &Ours);
}

/// What deployments of the same made in the service, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ours {
    /// Host names.
    pub domains: Vec<String>,
    /// Origins.
    pub backends: Vec<String>,
    /// Links to stores.
    pub links: Vec<String>,
}

/// How a version says what it is of: its comment.
pub(crate) fn comment(digest: &str) -> String {
    format!("run v2 deploy {digest}")
}

/// The digest in such a comment.
pub(crate) fn digest_in(comment: &str) -> Option<&str> {
    comment.strip_prefix("run v2 deploy ")
}

pub(crate) fn apply(
    api: Api<'_, '_>,
    settings: &Settings,
    present: &Present,
    made: &Made,
    upload: &Upload<'_>,
    memory: &dyn Memory,
) -> Result<Applied> {
    let steps = Steps::of(settings, present, made, upload.package);
    let (service, base) = match (&present.service, present.base) {
        (Some(service), Some(base)) => (service.id.clone(), Some(base)),
        (Some(service), None) => {
            return Err(Error::remote(format!(
                "the service `{}` has no version to begin with",
                service.name
            )));
        }
        (None, _) => {
            let service = api.create(&settings.name)?;
            memory.service(&service.id);
            (service.id, None)
        }
    };
    let links = stores::prepare(api, settings, present, &upload.secrets)?;
    let version = match base {
        Some(base) if base.in_place && !steps.changes() => {
            return applied(api, settings, service, base.number);
        }
        Some(base) if base.editable => base.number,
        Some(base) => api.at(&service, base.number).copied()?.number,
        // The first one comes with the service.
        None => 1,
    };
    memory.draft(Some(version));
    let at = api.at(&service, version);
    let mut domains = steps.add_domains.clone();
    if steps.free_domain {
        domains.push(free_domain(settings, &service));
    }
    // From here on they may be there, whatever happens.
    memory.ours(&Ours {
        domains: union(&made.domains, &domains),
        backends: union(&made.backends, steps.add_backends.iter().map(|b| &b.name)),
        links: union(&made.links, &steps.link),
    });
    fill(at, &steps, &domains)?;
    if steps.upload {
        at.put_package(upload.package)?;
    }
    link(at, present, &steps, &links)?;
    at.describe(&comment(upload.digest))?;
    at.validate()?;
    at.activate(settings.staging)?;
    memory.draft(None);
    applied(api, settings, service, version)
}

/// Domains and backends; what is no longer wanted goes last.
fn fill(at: At<'_, '_>, steps: &Steps, domains: &[String]) -> Result<()> {
    for name in domains {
        at.add_domain(name)?;
    }
    for backend in &steps.add_backends {
        at.put_backend(backend, true)?;
    }
    for backend in &steps.change_backends {
        at.put_backend(backend, false)?;
    }
    for name in &steps.remove_domains {
        at.remove_domain(name)?;
    }
    for name in &steps.remove_backends {
        at.remove_backend(name)?;
    }
    Ok(())
}

fn link(at: At<'_, '_>, present: &Present, steps: &Steps, links: &[(String, Store)]) -> Result<()> {
    for (name, store) in links.iter().filter(|(name, _)| steps.link.contains(name)) {
        // A name leads to one store.
        if let Some(old) = present.links.iter().find(|link| link.name == *name) {
            at.unlink(&old.id)?;
        }
        at.link(name, &store.id)?;
    }
    let gone = |link: &&Link| steps.unlink.contains(&link.name);
    for link in present.links.iter().filter(gone) {
        at.unlink(&link.id)?;
    }
    Ok(())
}

/// One that nobody else has, and the same at each attempt.
fn free_domain(settings: &Settings, service: &str) -> String {
    let mut slug = settings.slug();
    slug.truncate(48);
    let digest = Sha256::digest(service);
    let digest: String = digest.iter().take(5).map(|b| format!("{b:02x}")).collect();
    format!("{}-{digest}.edgecompute.app", slug.trim_end_matches('-'))
}

fn applied(
    api: Api<'_, '_>,
    settings: &Settings,
    service: String,
    version: u32,
) -> Result<Applied> {
    let at = api.at(&service, version);
    let domains = match settings.staging {
        true => at.domains_in_staging()?,
        false => at.domains()?,
    };
    let staging_ip = domains.iter().find_map(|domain| domain.staging_ip.clone());
    Ok(Applied {
        version,
        domains: domains.into_iter().map(|domain| domain.name).collect(),
        staging_ip: staging_ip.filter(|_| settings.staging),
        service,
    })
}

fn union<'n>(known: &[String], new: impl IntoIterator<Item = &'n String>) -> Vec<String> {
    let mut all = known.to_vec();
    for name in new {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    all
}
