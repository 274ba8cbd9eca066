//! What is asked for once something is deployed: how it stands, going back,
//! taking it away.

use run_plugin_api::provider::Phase;
use run_plugin_api::{Error, Result};

use crate::answers::{Service, Version};
use crate::api::Api;
use crate::apply::digest_in;
use crate::present::{Made, service};
use crate::settings::Settings;
use crate::stores;

/// How one version stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// Its number.
    pub version: u32,
    /// See [`Phase`].
    pub phase: Phase,
    /// The artifact that it is of, where it was deployed by this plugin.
    pub digest: Option<String>,
    /// When it was changed last.
    pub changed: Option<String>,
    /// What there is to say.
    pub message: Option<String>,
}

/// How many versions are told of.
const MOST: usize = 50;

/// The service's id, and its versions, newest first; or one of them.
pub(crate) fn status(
    api: Api<'_, '_>,
    settings: &Settings,
    made: &Made,
    id: Option<&str>,
) -> Result<Option<(String, Vec<Stand>)>> {
    let Some(service) = service(api, settings, made)? else {
        return Ok(None);
    };
    let mut versions: Vec<_> = service.versions.iter().collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.number));
    let stands = versions
        .into_iter()
        .filter(|version| id.is_none_or(|id| version.number.to_string() == id))
        .take(MOST)
        .map(|version| stand(&service, version, settings.staging))
        .collect();
    Ok(Some((service.id.clone(), stands)))
}

fn stand(service: &Service, version: &Version, staging: bool) -> Stand {
    let staged = service.staged() == Some(version.number);
    let (phase, message) = if version.active && !staging {
        (Phase::Live, None)
    } else if staged && staging {
        // As far as this deployment goes.
        (Phase::Live, Some("in staging"))
    } else if staged {
        (Phase::Pending, Some("in staging"))
    } else if version.active {
        (Phase::Superseded, Some("live outside of staging"))
    } else if version.locked {
        (Phase::Superseded, None)
    } else {
        (Phase::Pending, Some("begun and not activated"))
    };
    let digest = version.comment.as_deref().and_then(digest_in);
    Stand {
        version: version.number,
        phase,
        digest: digest.map(str::to_owned),
        changed: version.updated_at.clone(),
        message: message.map(str::to_owned),
    }
}

/// Makes an earlier version the live one again; the service's id, and how the
/// version stands then.
pub(crate) fn rollback(
    api: Api<'_, '_>,
    settings: &Settings,
    made: &Made,
    to: &str,
) -> Result<(String, Stand)> {
    let none = |text: String| {
        Error::not_found(text).with_help("`deploy status` lists those that there are")
    };
    let service = service(api, settings, made)?
        .ok_or_else(|| none(format!("there is no service `{}`", settings.name)))?;
    let version = service
        .versions
        .iter()
        .find(|version| version.number.to_string() == to)
        .ok_or_else(|| {
            none(format!(
                "the service `{}` has no version `{to}`",
                service.name
            ))
        })?;
    // Until it was activated once, it is not known to be complete.
    if !(version.locked || version.active) {
        return Err(Error::invalid_input(format!(
            "version {to} of the service `{}` was never live",
            service.name
        ))
        .with_help("`deploy status` says which ones were"));
    }
    let there = match settings.staging {
        true => service.staged() == Some(version.number),
        false => version.active,
    };
    if !there {
        api.at(&service.id, version.number)
            .activate(settings.staging)?;
    }
    let mut stand = stand(&service, version, settings.staging);
    stand.phase = Phase::Live;
    Ok((service.id.clone(), stand))
}

/// Takes the service away, and the stores that were made for it. Stores that the
/// settings name stay: they hold data. A service that was there before stays as
/// well, without a live version.
pub(crate) fn destroy(api: Api<'_, '_>, settings: &Settings, made: &Made) -> Result<()> {
    if let Some(service) = service(api, settings, made)? {
        if let Some(version) = service.staged() {
            api.at(&service.id, version).deactivate(true)?;
        }
        if let Some(version) = service.active() {
            api.at(&service.id, version).deactivate(false)?;
        }
        if settings.service_id.is_none() {
            api.delete(&service.id)?;
        }
    }
    for own in stores::own(settings) {
        if let Some(store) = api.store(own.kind, &own.store)? {
            api.delete_store(own.kind, &store.id)?;
        }
    }
    Ok(())
}
