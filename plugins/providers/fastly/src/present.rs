//! What is there already.

use run_plugin_api::{Error, Result};

use crate::answers::{Domain, Link, Present as Backend, Service, Store};
use crate::api::Api;
use crate::settings::Settings;
use crate::stores;

/// What earlier deployments of the same left behind, as the host remembers it.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// The service, where it was made.
    pub service: Option<String>,
    /// The version that was begun and not activated.
    pub draft: Option<u32>,
    /// Names of domains that were added.
    pub domains: Vec<String>,
    /// Names of backends that were added.
    pub backends: Vec<String>,
    /// Names of links to stores that were added.
    pub links: Vec<String>,
}

/// All that the settings are about.
#[derive(Debug, Default)]
pub(crate) struct Present {
    pub(crate) service: Option<Service>,
    /// The version that is looked at, and what of it.
    pub(crate) base: Option<Base>,
    pub(crate) domains: Vec<Domain>,
    pub(crate) backends: Vec<Backend>,
    pub(crate) links: Vec<Link>,
    pub(crate) files_hash: Option<String>,
    /// The stores that are to be linked, where they are there.
    pub(crate) stores: Vec<(stores::Wanted, Option<Store>)>,
    /// Whether the item with this deployment's environment is there.
    pub(crate) has_environment: bool,
}

/// The version that the next one begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) number: u32,
    /// It can be changed as it is; otherwise a copy of it is.
    pub(crate) editable: bool,
    /// It is what the deployment is to become: live, or in staging.
    pub(crate) in_place: bool,
}

/// # Errors
/// The platform cannot be asked, or the service is none of this platform.
pub(crate) fn present(
    api: Api<'_, '_>,
    settings: &Settings,
    made: &Made,
    environment: Option<&str>,
) -> Result<Present> {
    let mut present = Present {
        service: service(api, settings, made)?,
        ..Present::default()
    };
    if let Some(service) = &present.service {
        present.base = base(service, made, settings.staging);
        if let Some(base) = present.base {
            let at = api.at(&service.id, base.number);
            present.domains = at.domains()?;
            present.backends = at.backends()?;
            present.links = at.links()?;
            present.files_hash = at.files_hash()?;
        }
    }
    for wanted in stores::wanted(settings) {
        let store = api.store(wanted.kind, &wanted.store)?;
        if let (Some(store), Some(item), stores::Purpose::Variables) =
            (&store, environment, wanted.purpose)
        {
            present.has_environment = api.has_item(&store.id, item)?;
        }
        present.stores.push((wanted, store));
    }
    Ok(present)
}

/// The service that is deployed to, where it is there.
pub(crate) fn service(
    api: Api<'_, '_>,
    settings: &Settings,
    made: &Made,
) -> Result<Option<Service>> {
    let service = match (&settings.service_id, &made.service) {
        (Some(id), _) => api.service(id)?,
        // The one that was made, unless it goes by another name now.
        (None, Some(id)) => match api.service(id)?.filter(|s| s.name == settings.name) {
            None => by_name(api, settings)?,
            made => made,
        },
        (None, None) => by_name(api, settings)?,
    };
    match service {
        None if settings.service_id.is_some() => Err(Error::not_found(format!(
            "there is no service `{}` that the token reaches",
            settings.service_id.as_deref().unwrap_or_default()
        ))
        .with_help("look at the option `service_id`, and at FASTLY_SERVICE_ID")),
        Some(service) if service.kind != "wasm" => Err(Error::invalid_input(format!(
            "the service `{}` is of the type `{}` and runs no components",
            service.name, service.kind
        ))
        .with_help("set the option `name`, or `service_id` to a Compute service")),
        service => Ok(service),
    }
}

fn by_name(api: Api<'_, '_>, settings: &Settings) -> Result<Option<Service>> {
    match api.find(&settings.name)? {
        Some(id) => api.service(&id),
        None => Ok(None),
    }
}

fn base(service: &Service, made: &Made, staging: bool) -> Option<Base> {
    let active = service.versions.iter().find(|version| version.active);
    let staged = service.staged();
    let in_place = |number| match staging {
        true => staged == Some(number),
        false => active.is_some_and(|version| version.number == number),
    };
    let editable = |number| {
        let version = service.versions.iter().find(|v| v.number == number);
        version.is_some_and(|v| !(v.locked || v.active)) && staged != Some(number)
    };
    let live = match staging {
        true => staged.or(active.map(|version| version.number)),
        false => active.map(|version| version.number),
    };
    let newest = service.versions.iter().map(|version| version.number).max();
    let draft = made.draft.filter(|number| editable(*number));
    let number = draft.or(live).or(newest)?;
    Some(Base {
        number,
        editable: editable(number),
        in_place: in_place(number),
    })
}

impl Service {
    /// The version in the staging environment.
    pub(crate) fn staged(&self) -> Option<u32> {
        let staging = self.environments.iter().find(|e| e.name == "staging");
        staging.and_then(|environment| environment.active_version)
    }

    pub(crate) fn active(&self) -> Option<u32> {
        let active = self.versions.iter().find(|version| version.active);
        active.map(|version| version.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(versions: &str, environments: &str) -> Service {
        let json = format!(
            r#"{{"id":"S","name":"shop","type":"wasm","versions":{versions},"environments":{environments}}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn what_the_next_version_begins_with() {
        let first = service(r#"[{"number":1}]"#, "[]");
        let live = service(
            r#"[{"number":1,"locked":true,"active":true},{"number":2}]"#,
            r#"[{"name":"staging","active_version":null}]"#,
        );
        let staged = service(
            r#"[{"number":1,"locked":true,"active":true},{"number":2,"locked":true}]"#,
            r#"[{"name":"staging","active_version":2}]"#,
        );
        let draft = |number| Made {
            draft: number,
            ..Made::default()
        };
        for (service, made, staging, expected) in [
            (&first, None, false, (1, true, false)),
            (&live, None, false, (1, false, true)),
            // The draft of somebody else is left alone, and one's own is used.
            (&live, Some(2), false, (2, true, false)),
            (&live, Some(1), false, (1, false, true)),
            (&live, None, true, (1, false, false)),
            (&staged, None, true, (2, false, true)),
            (&staged, None, false, (1, false, true)),
        ] {
            let base = base(service, &draft(made), staging).unwrap();
            assert_eq!((base.number, base.editable, base.in_place), expected);
        }
        assert_eq!(base(&service("[]", "[]"), &draft(None), false), None);
    }
}
