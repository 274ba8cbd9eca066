//! `plugin.toml`: what a plugin is and all that it asks for.
//!
//! The manifest travels inside the component, so that its digest covers it, and
//! it is read without running anything.

mod check;
mod check_remote;
mod read;
mod remote;
mod setting;
mod tool;

use std::fmt;

use serde::Deserialize;

pub use check::ManifestError;
pub(crate) use check::is_package_version;
pub use remote::{Credential, CredentialFile, FileFormat, Host, Inject};
pub use setting::{Setting, SettingKind, SettingValue};
pub use tool::{CommandPattern, Install, Locate, Package, Reads, Tool};

/// A checked manifest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Who the plugin is.
    pub plugin: Identity,
    /// Languages that a builder builds.
    #[serde(default, rename = "language")]
    pub languages: Vec<Language>,
    /// Targets that a provider deploys to.
    #[serde(default, rename = "provider")]
    pub providers: Vec<Target>,
    /// What `[component.settings]` may hold.
    #[serde(default, rename = "setting")]
    pub settings: Vec<Setting>,
    /// Programs it wants to run.
    #[serde(default, rename = "tool")]
    pub tools: Vec<Tool>,
    /// Variables its children may get.
    #[serde(default, rename = "environment")]
    pub environment: Vec<Environment>,
    /// Directories of the user's that its children may see.
    #[serde(default, rename = "directory")]
    pub directories: Vec<Directory>,
    /// How far the source tree reaches.
    #[serde(default)]
    pub source: Source,
    /// Hosts a provider may talk to.
    #[serde(default, rename = "host")]
    pub hosts: Vec<Host>,
    /// Secrets the host injects for a provider.
    #[serde(default, rename = "credential")]
    pub credentials: Vec<Credential>,
}

/// `[plugin]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// `namespace:name`.
    pub id: String,
    /// Which world it exports.
    pub kind: Kind,
    /// Its own version.
    pub version: semver::Version,
    /// One line on what it does.
    pub description: String,
    /// An SPDX expression.
    pub license: String,
    /// Where to read more.
    #[serde(default)]
    pub homepage: Option<String>,
}

/// The worlds of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Exports `builder`.
    LanguageBuilder,
    /// Exports `provider`.
    DeployProvider,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LanguageBuilder => "language-builder",
            Self::DeployProvider => "deploy-provider",
        })
    }
}

/// `[[language]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// As written in `language = "…"`.
    pub name: String,
    /// Other spellings.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Endings of source files that belong to it, without the dot.
    #[serde(default)]
    pub extensions: Vec<String>,
    /// File names that mark a directory as a project of it.
    #[serde(default)]
    pub files: Vec<String>,
}

/// `[[provider]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// As written in `provider = "…"`.
    pub name: String,
    /// Other spellings.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// `[[environment]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The variable; may end in `*`.
    pub key: String,
    /// Its value where the user has none; `~` is the home directory.
    #[serde(default)]
    pub default: Option<String>,
    /// Which commands get it.
    #[serde(default)]
    pub phase: Phase,
    /// Why it is wanted.
    pub why: String,
}

/// Which commands something is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// All of them.
    #[default]
    Any,
    /// Those that may use the network.
    Network,
}

/// `[[directory]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// Its guest path is `/dirs/<id>`.
    pub id: String,
    /// Where it is; `~` and `$NAME` of an `[[environment]]` key are replaced.
    pub path: String,
    /// What children may do there.
    pub access: Access,
    /// Whether it is a single file. What children may write is made, empty,
    /// where it is missing: what does not exist cannot be opened up to them.
    #[serde(default)]
    pub file: bool,
    /// Why it is wanted.
    pub why: String,
}

/// What children may do in a directory of the user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// All commands read it.
    Read,
    /// All commands read it, those with the network write it.
    Fetch,
    /// Only commands with the network read it.
    Network,
    /// All commands read it, those that say `cache` write it.
    Cache,
}

/// `[source]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// `/src` widens to the outermost directory of the repository with one.
    #[serde(default)]
    pub root: Vec<String>,
    /// Files above `/src` that children may read where they exist.
    #[serde(default)]
    pub ancestors: Vec<String>,
    /// Files in a child's working directory that it may write.
    #[serde(default)]
    pub writable: Vec<String>,
}

impl Manifest {
    /// Parses and checks a manifest.
    ///
    /// # Errors
    /// It is not UTF-8, not TOML, has unknown keys, or says something that
    /// cannot hold.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let text =
            std::str::from_utf8(bytes).map_err(|_| ManifestError("it is not UTF-8".to_owned()))?;
        let manifest: Self = toml::from_str(text)
            .map_err(|error| ManifestError(error.to_string().trim().to_owned()))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Whether it says only what can hold.
    pub(crate) fn check(&self) -> Result<(), ManifestError> {
        check::check(self)
    }

    /// The tool with this id.
    #[must_use]
    pub fn tool(&self, id: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.id == id)
    }

    /// The provider that `name` spells, by name or alias.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<&Target> {
        self.providers
            .iter()
            .find(|target| target.name == name || target.aliases.iter().any(|a| a == name))
    }

    /// The name of the language that `name` spells, by name or alias.
    #[must_use]
    pub fn language(&self, name: &str) -> Option<&Language> {
        self.languages
            .iter()
            .find(|language| language.name == name || language.aliases.iter().any(|a| a == name))
    }
}
