//! The environment of a child: what the host gives every one, what the manifest
//! lets through of the user's, and what the plugin adds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::manifest::{Environment, Manifest, Phase};

/// The manifest's `[[environment]]` entry for a variable.
pub(crate) fn declared<'m>(manifest: &'m Manifest, key: &str) -> Option<&'m Environment> {
    manifest
        .environment
        .iter()
        .find(|entry| match entry.key.strip_suffix('*') {
            Some(prefix) => key.starts_with(prefix),
            None => entry.key == key,
        })
}

/// What of the user's environment, and of the manifest's defaults, a command
/// gets.
pub(crate) fn inherited(
    manifest: &Manifest,
    network: bool,
    user: impl Iterator<Item = (String, String)>,
) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for entry in &manifest.environment {
        if let Some(default) = &entry.default
            && allowed(entry, network)
        {
            out.insert(entry.key.clone(), expand_home(default));
        }
    }
    for (key, value) in user {
        if declared(manifest, &key).is_some_and(|entry| allowed(entry, network)) {
            out.insert(key, value);
        }
    }
    out
}

/// The host directory that a manifest's path names: `~` is the home directory,
/// a leading `$NAME` a declared variable's value or default. `None` where that
/// is not absolute.
pub(crate) fn expand(
    path: &str,
    manifest: &Manifest,
    lookup: impl Fn(&str) -> Option<String>,
) -> Option<PathBuf> {
    let expanded = match path.strip_prefix('$') {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (name, rest) = rest.split_at(end);
            let entry = declared(manifest, name)?;
            let value = lookup(name).or_else(|| entry.default.as_deref().map(expand_home))?;
            format!("{value}{rest}")
        }
        None => expand_home(path),
    };
    let path = PathBuf::from(expanded);
    path.is_absolute().then_some(path)
}

/// One variable of this process's environment, where it is UTF-8.
pub(crate) fn user_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// This process's environment, as far as it is UTF-8.
pub(crate) fn user_environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
}

fn allowed(entry: &Environment, network: bool) -> bool {
    entry.phase == Phase::Any || network
}

fn expand_home(text: &str) -> String {
    match (text.strip_prefix('~'), run_files::dirs::home()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            format!("{}{rest}", Path::new(&home).display())
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest::parse(
            br#"
            [plugin]
            id = "a:b"
            kind = "language-builder"
            version = "0.1.0"
            description = ""
            license = "MIT"
            [[environment]]
            key = "ELM_HOME"
            default = "/opt/elm"
            why = ""
            [[environment]]
            key = "ELM_TOKEN_*"
            phase = "network"
            why = ""
        "#,
        )
        .unwrap()
    }

    #[test]
    fn only_declared_variables_pass_and_secrets_only_with_the_network() {
        let user = || {
            [("ELM_TOKEN_A", "s"), ("OTHER", "x"), ("ELM_HOMES", "y")]
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
        };
        let keys = |network| {
            inherited(&manifest(), network, user())
                .into_keys()
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(false), ["ELM_HOME"]);
        assert_eq!(keys(true), ["ELM_HOME", "ELM_TOKEN_A"]);
    }

    #[test]
    fn paths_expand_declared_variables_only() {
        let none = |_: &str| None;
        let set = |_: &str| Some("/e".to_owned());
        assert_eq!(
            expand("$ELM_HOME/x", &manifest(), none),
            Some("/opt/elm/x".into())
        );
        assert_eq!(expand("$ELM_HOME/x", &manifest(), set), Some("/e/x".into()));
        assert_eq!(expand("$OTHER/x", &manifest(), set), None);
        assert_eq!(expand("relative", &manifest(), none), None);
    }
}
