//! The plugins a project can use: those that ship with `run`, and those it
//! names itself.

mod choose;
mod declared;
mod error;
mod read;

use std::path::PathBuf;

use run_files::Digest;
use run_plugins::Plugin;
use run_plugins::consent::Permissions;

pub use declared::{Declared, DeclaredSource, Locked, Shipped};
pub use error::PluginsError;

/// Where a plugin is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It ships with `run`, and is granted what it asks for by that.
    Bundled,
    /// A file, named by the project.
    Path(PathBuf),
}

/// A plugin that was read, with what it may do.
#[derive(Clone)]
pub struct Available {
    /// The plugin.
    pub plugin: Plugin,
    /// What its user granted.
    pub granted: Permissions,
    /// Where it is from.
    pub origin: Origin,
    /// The language it was chosen for.
    pub language: String,
    /// What the lock names instead of it: only one that ships with `run` may
    /// differ, since another `run` may ship another.
    pub drifted_from: Option<Digest>,
}

/// All of them, in the order they are asked: the project's own first.
#[derive(Clone, Default)]
pub struct PluginSet {
    plugins: Vec<Available>,
}

impl PluginSet {
    /// Reads the shipped and the declared plugins.
    ///
    /// # Errors
    /// One is refused, cannot be had, or was not agreed to.
    pub fn read(shipped: &[Shipped], declared: &[Declared]) -> Result<Self, PluginsError> {
        let mut plugins = Vec::new();
        for entry in declared {
            if let DeclaredSource::Path(path) = &entry.source {
                plugins.push(read::from_path(entry, path)?);
            }
        }
        for shipped in shipped {
            let entry = declared.iter().find(|entry| entry.name == shipped.name);
            match entry.map(|entry| &entry.source) {
                Some(DeclaredSource::Path(_)) => continue,
                Some(DeclaredSource::Elsewhere(_)) | None | Some(DeclaredSource::Bundled(_)) => {}
            }
            plugins.push(read::from_bundle(shipped, entry)?);
        }
        for entry in declared {
            match &entry.source {
                DeclaredSource::Elsewhere(place) => {
                    return Err(PluginsError::Elsewhere {
                        name: entry.name.clone(),
                        place: place.clone(),
                    });
                }
                DeclaredSource::Bundled(wanted)
                    if !shipped.iter().any(|s| s.name == entry.name) =>
                {
                    return Err(PluginsError::Version {
                        name: entry.name.clone(),
                        wanted: wanted.clone(),
                        have: None,
                    });
                }
                _ => {}
            }
        }
        Ok(Self { plugins })
    }

    /// What ships with this `run` and is not what the lock names.
    #[must_use]
    pub fn drifted(&self) -> Vec<PluginsError> {
        self.plugins
            .iter()
            .filter_map(|available| {
                Some(PluginsError::Drifted {
                    name: available.plugin.name.clone(),
                    locked: available.drifted_from?,
                    found: available.plugin.digest(),
                })
            })
            .collect()
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Available] {
        &self.plugins
    }

    /// The plugin for a language, by name or alias; set to that language.
    #[must_use]
    pub fn for_language(&self, language: &str) -> Option<Available> {
        self.plugins.iter().find_map(|available| {
            let found = available.plugin.manifest.language(language)?;
            Some(available.serving(&found.name))
        })
    }

    /// The plugin that deploys to a provider's platform, by name or alias, with
    /// the provider's name.
    #[must_use]
    pub fn for_provider(&self, provider: &str) -> Option<(Available, String)> {
        self.plugins.iter().find_map(|available| {
            let found = available.plugin.manifest.provider(provider)?;
            Some((available.clone(), found.name.clone()))
        })
    }

    /// Names of all providers.
    #[must_use]
    pub fn providers(&self) -> Vec<&str> {
        self.plugins
            .iter()
            .flat_map(|available| &available.plugin.manifest.providers)
            .map(|provider| provider.name.as_str())
            .collect()
    }

    /// Names of all languages.
    #[must_use]
    pub fn languages(&self) -> Vec<&str> {
        self.plugins
            .iter()
            .flat_map(|available| &available.plugin.manifest.languages)
            .map(|language| language.name.as_str())
            .collect()
    }
}

impl Available {
    fn serving(&self, language: &str) -> Self {
        Self {
            language: language.to_owned(),
            ..self.clone()
        }
    }
}
