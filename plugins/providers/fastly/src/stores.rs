//! Stores: a deployment's own, with its environment and its secrets, and those
//! that the settings name.
//!
//! A service has no variables. They are one item of a config store, under a name
//! that follows from them, so each version keeps those it was deployed with, and
//! going back brings them back.

use run_plugin_api::{Error, Result};
use sha2::{Digest, Sha256};

use crate::answers::Store;
use crate::api::Api;
use crate::present::Present;
use crate::settings::{Kind, Settings};

/// What the adapter opens: `adapter/io/src/environment.rs`.
const VARIABLES: &str = "run_environment";
const SECRETS: &str = "run_secrets";

/// What a store is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Variables,
    Secrets,
    /// The component knows.
    Other,
}

/// A store that is to be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) purpose: Purpose,
    pub(crate) kind: Kind,
    /// Its name in the account.
    pub(crate) store: String,
    /// Its name in the service.
    pub(crate) link: String,
}

/// Those that a deployment makes for itself.
pub(crate) fn own(settings: &Settings) -> [Wanted; 2] {
    let slug = settings.slug();
    // A store's name begins with a letter.
    let name = |what: &str| format!("run-{slug}-{what}");
    [
        Wanted {
            purpose: Purpose::Variables,
            kind: Kind::Config,
            store: name("environment"),
            link: VARIABLES.to_owned(),
        },
        Wanted {
            purpose: Purpose::Secrets,
            kind: Kind::Secret,
            store: name("secrets"),
            link: SECRETS.to_owned(),
        },
    ]
}

pub(crate) fn wanted(settings: &Settings) -> Vec<Wanted> {
    let own = own(settings)
        .into_iter()
        .filter(|wanted| match wanted.purpose {
            Purpose::Variables => settings.environment().is_some(),
            Purpose::Secrets => !settings.secrets.is_empty(),
            Purpose::Other => true,
        });
    let named = settings.stores.iter().map(|(kind, name)| Wanted {
        purpose: Purpose::Other,
        kind: *kind,
        store: name.clone(),
        link: name.clone(),
    });
    own.chain(named).collect()
}

/// The item that holds this environment.
#[must_use]
pub fn item(environment: &str) -> String {
    let digest = Sha256::digest(environment);
    let digest: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("environment-{digest}")
}

/// A secret's name with what the host puts its value in the place of, in base64.
pub type Secret = (String, String);

/// Makes what is missing and fills it; the stores, with the names by which they
/// are to be linked.
///
/// # Errors
/// The platform refused.
pub(crate) fn prepare(
    api: Api<'_, '_>,
    settings: &Settings,
    present: &Present,
    secrets: &[Secret],
) -> Result<Vec<(String, Store)>> {
    let mut ready = Vec::new();
    for (wanted, store) in &present.stores {
        let store = match store {
            Some(store) => store.clone(),
            None => api.create_store(wanted.kind, &wanted.store)?,
        };
        match (wanted.purpose, settings.environment()) {
            (Purpose::Variables, Some(text)) if !present.has_environment => {
                api.put_item(&store.id, &item(&text), &text)?;
            }
            (Purpose::Secrets, _) => {
                for name in &settings.secrets {
                    let value = secrets.iter().find(|(secret, _)| secret == name);
                    let (_, value) = value.ok_or_else(|| missing(name))?;
                    api.put_secret(&store.id, name, value)?;
                }
            }
            _ => {}
        }
        ready.push((wanted.link.clone(), store));
    }
    Ok(ready)
}

pub(crate) fn missing(name: &str) -> Error {
    Error::invalid_input(format!("there is no value for the secret `{name}`"))
        .with_help(format!("set {name} in your environment"))
}
