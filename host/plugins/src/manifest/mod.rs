//! `plugin.toml`: what a plugin is and all that it asks for.
//!
//! The manifest travels inside the component, so that its digest covers it, and
//! it is read without running anything.

mod check;
mod tool;

use std::fmt;

use serde::Deserialize;

pub use check::ManifestError;
pub(crate) use check::is_package_version;
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

/// `[[setting]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The key in `[component.settings]`.
    pub name: String,
    /// The type of its value.
    #[serde(rename = "type")]
    pub kind: SettingKind,
    /// What it is when it is not set.
    #[serde(default)]
    pub default: Option<SettingValue>,
    /// The only values a string may have.
    #[serde(default)]
    pub values: Option<Vec<String>>,
    /// One line on what it does.
    pub doc: String,
}

/// Types of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettingKind {
    /// Text.
    String,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// An array of strings.
    Strings,
}

impl fmt::Display for SettingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "a string",
            Self::Bool => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Strings => "an array of strings",
        })
    }
}

/// A setting's value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// Of [`SettingKind::Bool`].
    Bool(bool),
    /// Of [`SettingKind::Integer`].
    Integer(i64),
    /// Of [`SettingKind::String`].
    String(String),
    /// Of [`SettingKind::Strings`].
    Strings(Vec<String>),
}

impl SettingValue {
    /// Its type.
    #[must_use]
    pub fn kind(&self) -> SettingKind {
        match self {
            Self::Bool(_) => SettingKind::Bool,
            Self::Integer(_) => SettingKind::Integer,
            Self::String(_) => SettingKind::String,
            Self::Strings(_) => SettingKind::Strings,
        }
    }

    /// Its value or values as text: one for a scalar, any number for an array.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::Bool(value) => vec![value.to_string()],
            Self::Integer(value) => vec![value.to_string()],
            Self::String(value) => vec![value.clone()],
            Self::Strings(values) => values.clone(),
        }
    }
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

/// `[[host]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// A host name.
    pub name: String,
    /// Methods, upper case.
    pub methods: Vec<String>,
    /// Why it is wanted.
    pub why: String,
}

/// `[[credential]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// What the plugin calls it.
    pub name: String,
    /// Variables it is read from, the first that is set.
    pub environment: Vec<String>,
    /// `bearer`, `header:<Name>` or `sigv4`.
    pub inject: String,
    /// The only hosts it is ever sent to.
    pub hosts: Vec<String>,
    /// Why it is wanted.
    pub why: String,
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

    /// The name of the language that `name` spells, by name or alias.
    #[must_use]
    pub fn language(&self, name: &str) -> Option<&Language> {
        self.languages
            .iter()
            .find(|language| language.name == name || language.aliases.iter().any(|a| a == name))
    }
}
