//! `[registry]`.

use std::fmt;

use crate::location::RegistryUrl;
use crate::problem::problem;
use crate::section::Entry;

/// The registry of a project that names none.
pub const DEFAULT_REGISTRY: &str = "https://registry.esubalew.dev";

/// Where packages come from and go to.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// `url`; [`Registry::address`] knows the default.
    pub url: Option<RegistryUrl>,
    /// `auth_token`. The environment variable `RUN_AUTH_TOKEN` goes before it.
    pub auth_token: Option<Secret>,
    /// `mirrors`, asked in this order when `url` does not answer.
    pub mirrors: Vec<RegistryUrl>,
}

impl Registry {
    /// The registry's base address, without a trailing `/`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.url
            .as_ref()
            .map_or(DEFAULT_REGISTRY, RegistryUrl::as_str)
    }

    pub(super) fn read(entry: Option<Entry<'_>>) -> Self {
        let Some(mut section) = entry.and_then(Entry::section) else {
            return Self::default();
        };
        let url = section.take("url").and_then(Entry::parsed);
        let mirrors = section.take("mirrors").map(Entry::list).unwrap_or_default();
        let token = section.take("auth_token");
        if let Some(token) = &token {
            section.problems.warn(
                problem(
                    section.problems.codes.exposed_token,
                    "a token in run.toml is read by everyone who reads the repository",
                    token.key.span.clone(),
                )
                .help("remove it, revoke it, and set the environment variable RUN_AUTH_TOKEN"),
            );
        }
        let auth_token = token.and_then(Entry::string);
        section.finish();
        Self {
            url: url.map(|url| url.value),
            auth_token: auth_token.map(|token| Secret(token.value)),
            mirrors: mirrors.into_iter().map(|url| url.value).collect(),
        }
    }
}

/// A text that no log may hold.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
