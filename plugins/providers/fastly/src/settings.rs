//! What `[deploy.NAME.options]` says, checked and without a network.

use run_plugin_api::{Error, Result};
use run_provider_shared::settings::{Source, pairs};

use crate::backend::Backend;
use crate::names::{is_domain, is_store, is_variable};

/// The settings of one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The service that is deployed to, where it was there before.
    pub service_id: Option<String>,
    /// The service's name, with its suffix.
    pub name: String,
    /// Host names that it answers.
    pub domains: Vec<String>,
    /// Origins, in the order in which they are written.
    pub backends: Vec<Backend>,
    /// Environment variables.
    pub variables: Vec<(String, String)>,
    /// Names of secrets.
    pub secrets: Vec<String>,
    /// Stores by kind and name.
    pub stores: Vec<(Kind, String)>,
    /// Whether the artifact is a core module that was made for the platform.
    pub module: bool,
    /// Whether only the staging environment gets it.
    pub staging: bool,
}

/// What a store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Config,
    /// Secrets.
    Secret,
    /// Anything.
    Kv,
}

impl Kind {
    /// As its API calls it.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Secret => "secret",
            Self::Kv => "kv",
        }
    }

    /// For the user.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Config => "config store",
            Self::Secret => "secret store",
            Self::Kv => "KV store",
        }
    }
}

/// The most that one item of a config store may hold, in characters:
/// <https://docs.fastly.com/products/compute-resource-limits>.
const ITEM: usize = 8000;

impl Settings {
    /// # Errors
    /// Something does not fit, said by name.
    pub fn read(component: &str, source: &impl Source) -> Result<Self> {
        let name = source.one("name").unwrap_or_else(|| component.to_owned());
        let suffix = source.one("name_suffix").unwrap_or_default();
        let kinds = [
            (Kind::Config, "config_stores"),
            (Kind::Secret, "secret_stores"),
            (Kind::Kv, "kv_stores"),
        ];
        let settings = Self {
            service_id: source.one("service_id").filter(|id| !id.is_empty()),
            name: format!("{name}{suffix}"),
            domains: source.all("domains"),
            backends: source
                .all("backends")
                .iter()
                .map(|text| Backend::read(text))
                .collect::<Result<_>>()?,
            variables: pairs(source.all("variables")),
            secrets: source.all("secrets"),
            stores: kinds
                .into_iter()
                .flat_map(|(kind, key)| source.all(key).into_iter().map(move |name| (kind, name)))
                .collect(),
            module: is_set(source, "module"),
            staging: is_set(source, "staging"),
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<()> {
        let fail = |message: String| Err(Error::invalid_input(message));
        if self.name.trim().is_empty() || self.name.chars().any(char::is_control) {
            return fail(format!("`{}` cannot be a service's name", self.name));
        }
        if let Some(id) = &self.service_id
            && !id.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return fail(format!(
                "`{id}` cannot be a service's id: letters and digits"
            ));
        }
        if let Some(domain) = self.domains.iter().find(|domain| !is_domain(domain)) {
            return fail(format!("`{domain}` in `domains` is no host name"));
        }
        if let Some((kind, name)) = self.stores.iter().find(|(_, name)| !is_store(name)) {
            return fail(format!(
                "`{name}` cannot be a {}'s name: letters, digits and `-_.`, a letter first",
                kind.words()
            ));
        }
        let variables = self.variables.iter().map(|(name, _)| name);
        let links = self.stores.iter().map(|(_, name)| name);
        twice(
            "backends",
            self.backends.iter().map(|backend| &backend.name),
        )?;
        twice("domains", self.domains.iter())?;
        twice("the stores", links)?;
        twice(
            "variables and secrets",
            variables.clone().chain(&self.secrets),
        )?;
        for name in variables.chain(&self.secrets) {
            if !is_variable(name) {
                return fail(format!(
                    "`{name}` cannot be a variable: letters, digits and `_`, no digit first"
                ));
            }
        }
        match self.environment() {
            Some(text) if text.len() > ITEM => fail(format!(
                "the variables together have {} characters as they are stored, and the platform \
                 takes {ITEM}",
                text.len()
            )),
            _ => Ok(()),
        }
    }

    /// What is kept of variables and secrets, as `adapter/io/src/environment.rs`
    /// reads it: what has no value is the name of a secret.
    #[must_use]
    pub fn environment(&self) -> Option<String> {
        use run_provider_shared::body::encoded;
        let variables = self
            .variables
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)));
        let all: Vec<_> = variables.chain(self.secrets.iter().cloned()).collect();
        (!all.is_empty()).then(|| all.join("&"))
    }

    /// A text that names the service in a host name or a store's name.
    pub(crate) fn slug(&self) -> String {
        crate::package::slug(&self.name)
    }
}

fn is_set(source: &impl Source, key: &str) -> bool {
    source.one(key).is_some_and(|value| value == "true")
}

fn twice<'n>(what: &str, names: impl Iterator<Item = &'n String>) -> Result<()> {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Err(Error::invalid_input(format!(
                "`{name}` is there twice among {what}"
            )));
        }
        seen.push(name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use run_provider_shared::fake::Pairs;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings> {
        Settings::read("shop", &Pairs(pairs))
    }

    #[test]
    fn everything_is_read() {
        let read = settings(&[
            ("name_suffix", "-staging"),
            ("domains", "shop.test"),
            ("domains", "*.shop.test"),
            ("backends", "https://api.shop.test"),
            ("backends", "http://127.0.0.1:8080/"),
            ("backends", "[::1]:9"),
            ("variables", "A=1 2"),
            ("secrets", "TOKEN"),
            ("kv_stores", "cache"),
            ("staging", "true"),
        ])
        .unwrap();
        assert_eq!(read.name, "shop-staging");
        assert_eq!(read.environment().unwrap(), "A=1%202&TOKEN");
        assert_eq!(read.stores, [(Kind::Kv, "cache".to_owned())]);
        assert!(read.staging);
        let backends: Vec<_> = read
            .backends
            .iter()
            .map(|b| (b.name.as_str(), b.address.as_str(), b.port, b.tls, b.host()))
            .collect();
        assert_eq!(
            backends,
            [
                (
                    "api_shop_test",
                    "api.shop.test",
                    443,
                    true,
                    Some("api.shop.test")
                ),
                ("127_0_0_1_8080", "127.0.0.1", 8080, false, None),
                ("___1__9", "::1", 9, true, None),
            ]
        );
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let long = format!("A={}", "ü".repeat(1400));
        for (pairs, expected) in [
            (&[("name", " ")][..], "cannot be a service's name"),
            (&[("service_id", "a/b")], "`a/b` cannot be"),
            (&[("domains", "localhost")], "`localhost` in `domains`"),
            (&[("backends", "ftp://a.test")], "neither http nor https"),
            (&[("backends", "https://a.test/x")], "more than a host"),
            (&[("backends", "https://u@a.test")], "more than a host"),
            (&[("backends", "a.test:many")], "a port that is none"),
            (&[("backends", "https://")], "no host"),
            (
                &[("backends", "a.test"), ("backends", "https://a.test")],
                "twice among backends",
            ),
            (&[("variables", "A-B=1")], "cannot be a variable"),
            (
                &[("variables", "A=1"), ("secrets", "A")],
                "twice among variables",
            ),
            (&[("kv_stores", "1st")], "a KV store's name"),
            (
                &[("kv_stores", "a"), ("config_stores", "a")],
                "twice among the stores",
            ),
            (&[("variables", &long)], "8402 characters"),
        ] {
            let error = settings(pairs).unwrap_err();
            assert!(error.message().contains(expected), "{}", error.message());
        }
    }
}
