//! Logins that the user's container tool keeps.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// A name and a password for one registry.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password, or a token in its place.
    pub password: String,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
}

#[derive(Deserialize)]
struct Auth {
    /// `user:password` in base64.
    auth: Option<String>,
}

/// The login for a registry from the first of the usual files that has one:
/// `$REGISTRY_AUTH_FILE`, `$XDG_RUNTIME_DIR/containers/auth.json`,
/// `$DOCKER_CONFIG/config.json`, `~/.docker/config.json`. Programs that keep
/// passwords (credential helpers) are not asked.
#[must_use]
pub fn login(registry: &str) -> Option<Login> {
    let dir = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
        Some(PathBuf::from(value))
    };
    let files = [
        dir("REGISTRY_AUTH_FILE"),
        dir("XDG_RUNTIME_DIR").map(|dir| dir.join("containers/auth.json")),
        dir("DOCKER_CONFIG")
            .or_else(|| Some(run_files::dirs::home()?.join(".docker")))
            .map(|dir| dir.join("config.json")),
    ];
    files
        .into_iter()
        .flatten()
        .filter_map(|file| std::fs::read(file).ok())
        .find_map(|text| find(&text, registry))
}

fn find(text: &[u8], registry: &str) -> Option<Login> {
    let config: Config = serde_json::from_slice(text).ok()?;
    let host = |key: &str| {
        let rest = key.split_once("://").map_or(key, |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default().to_owned()
    };
    let (_, auth) = config.auths.iter().find(|(key, _)| host(key) == registry)?;
    let decoded = STANDARD.decode(auth.auth.as_ref()?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Login {
        user: user.to_owned(),
        password: password.to_owned(),
    })
}

impl Login {
    /// As HTTP's basic scheme has it.
    pub(super) fn basic(&self) -> String {
        let text = format!("{}:{}", self.user, self.password);
        format!("Basic {}", STANDARD.encode(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_for_its_own_registry_only() {
        let text = br#"{"auths": {
            "registry.test": {"auth": "dTpwOnE="},
            "https://old.test/v1/": {"auth": "dTpw"},
            "empty.test": {}, "bad.test": {"auth": "%"}
        }, "credsStore": "x"}"#;
        let login = find(text, "registry.test").unwrap();
        assert_eq!((login.user.as_str(), login.password.as_str()), ("u", "p:q"));
        assert_eq!(login.basic(), "Basic dTpwOnE=");
        assert!(find(text, "old.test").is_some());
        for other in [
            "other.test",
            "registry.test:1",
            "empty.test",
            "bad.test",
            "",
        ] {
            assert!(find(text, other).is_none(), "{other}");
        }
        assert!(find(b"{", "registry.test").is_none());
    }
}
