//! What has to be done: from what is wanted and what is there. The plan shows
//! it, `apply` does it.

use run_plugin_api::provider::{Action, Verb};

use crate::backend::{Backend, ORIGINLESS};
use crate::package::Package;
use crate::present::{Made, Present};
use crate::settings::Settings;

/// All of it, but for stores: these are made and filled before.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) upload: bool,
    pub(crate) add_domains: Vec<String>,
    /// A free one is chosen once the service has an id.
    pub(crate) free_domain: bool,
    pub(crate) remove_domains: Vec<String>,
    pub(crate) add_backends: Vec<Backend>,
    pub(crate) change_backends: Vec<Backend>,
    pub(crate) remove_backends: Vec<String>,
    /// Links by name that lead to another store, or to none.
    pub(crate) link: Vec<String>,
    /// Links that are no longer wanted.
    pub(crate) unlink: Vec<String>,
}

impl Steps {
    pub(crate) fn of(
        settings: &Settings,
        present: &Present,
        made: &Made,
        package: &Package,
    ) -> Self {
        let mut steps = Self {
            upload: present.files_hash.as_ref() != Some(&package.files_hash),
            ..Self::default()
        };
        steps.domains(settings, present, made);
        steps.backends(settings, present, made);
        let wanted = |name: &String| present.stores.iter().any(|(store, _)| store.link == *name);
        let names = present.links.iter().map(|link| &link.name);
        steps.unlink = names
            .filter(|name| made.links.contains(name) && !wanted(name))
            .cloned()
            .collect();
        steps.link = present
            .stores
            .iter()
            .filter(|(wanted, store)| {
                let linked = present.links.iter().find(|link| link.name == wanted.link);
                match (linked, store) {
                    (Some(link), Some(store)) => link.resource_id != store.id,
                    _ => true,
                }
            })
            .map(|(wanted, _)| wanted.link.clone())
            .collect();
        steps
    }

    /// Whether a version is made of it.
    pub(crate) fn changes(&self) -> bool {
        *self != Self::default()
    }

    fn domains(&mut self, settings: &Settings, present: &Present, made: &Made) {
        let there = |name: &String| present.domains.iter().any(|d| d.name == *name);
        let wanted = settings.domains.iter();
        self.add_domains = wanted.filter(|name| !there(name)).cloned().collect();
        // With nothing said about domains, those that are there stay.
        if settings.domains.is_empty() {
            self.free_domain = present.domains.is_empty();
            return;
        }
        let names = present.domains.iter().map(|domain| &domain.name);
        self.remove_domains = names
            .filter(|name| made.domains.contains(name) && !settings.domains.contains(name))
            .cloned()
            .collect();
    }

    fn backends(&mut self, settings: &Settings, present: &Present, made: &Made) {
        let mut wanted = settings.backends.clone();
        let others = present
            .backends
            .iter()
            .any(|b| b.name != ORIGINLESS && !made.backends.contains(&b.name));
        if wanted.is_empty() && !others {
            wanted.push(Backend::originless());
        }
        for backend in &wanted {
            match present.backends.iter().find(|b| b.name == backend.name) {
                None => self.add_backends.push(backend.clone()),
                Some(there) if there.is(backend) => {}
                Some(_) => self.change_backends.push(backend.clone()),
            }
        }
        let names = present.backends.iter().map(|backend| &backend.name);
        self.remove_backends = names
            .filter(|name| made.backends.contains(name) && !wanted.iter().any(|b| b.name == **name))
            .cloned()
            .collect();
    }

    /// For the user.
    pub(crate) fn actions(&self, settings: &Settings, present: &Present) -> Vec<Action> {
        let service = format!("service {}", settings.name);
        let mut actions = Vec::new();
        let mut add = |verb, subject: &str, summary: &str| {
            actions.push(Action::new(verb, subject, summary));
        };
        if present.service.is_none() {
            add(Verb::Create, &service, "of the type Compute");
        }
        for (wanted, store) in &present.stores {
            if store.is_none() {
                let subject = format!("{} {}", wanted.kind.words(), wanted.store);
                add(Verb::Create, &subject, "in the account");
            }
        }
        if settings.environment().is_some() && !present.has_environment {
            add(
                Verb::Create,
                "environment",
                "the variables of this deployment",
            );
        }
        if !settings.secrets.is_empty() {
            add(Verb::Update, "secrets", &settings.secrets.join(", "));
        }
        for name in &self.add_domains {
            add(
                Verb::Create,
                &format!("domain {name}"),
                "answered by this service",
            );
        }
        if self.free_domain {
            add(Verb::Create, "domain", "a free one below edgecompute.app");
        }
        for name in &self.remove_domains {
            add(Verb::Delete, &format!("domain {name}"), "no longer wanted");
        }
        for backend in &self.add_backends {
            add(
                Verb::Create,
                &format!("backend {}", backend.name),
                &origin(backend),
            );
        }
        for backend in &self.change_backends {
            add(
                Verb::Update,
                &format!("backend {}", backend.name),
                &origin(backend),
            );
        }
        for name in &self.remove_backends {
            add(Verb::Delete, &format!("backend {name}"), "no longer wanted");
        }
        for name in &self.link {
            add(
                Verb::Create,
                &format!("link {name}"),
                "from the service to the store",
            );
        }
        for name in &self.unlink {
            add(Verb::Delete, &format!("link {name}"), "no longer wanted");
        }
        self.version(settings, present, &service, &mut actions);
        actions
    }

    fn version(
        &self,
        settings: &Settings,
        present: &Present,
        service: &str,
        actions: &mut Vec<Action>,
    ) {
        let (place, goes) = match settings.staging {
            true => ("in staging", "goes to staging"),
            false => ("live", "goes live"),
        };
        let base = present.base;
        let (verb, summary) = match base {
            Some(base) if base.in_place && !self.changes() => (
                Verb::Keep,
                format!("version {} is the same and {place}", base.number),
            ),
            Some(base) if base.editable && !self.changes() => {
                (Verb::Promote, format!("version {} {goes}", base.number))
            }
            _ if self.upload => (Verb::Update, format!("a version with a new package {goes}")),
            _ => (Verb::Update, format!("a version with these changes {goes}")),
        };
        actions.push(Action::new(verb, service, summary));
    }
}

fn origin(backend: &Backend) -> String {
    if backend.name == ORIGINLESS {
        return "a service needs one, and this leads nowhere".to_owned();
    }
    let scheme = if backend.tls { "https" } else { "http" };
    format!("{scheme}://{}:{}", backend.address, backend.port)
}
