//! `[[setting]]`: what a project may set for a plugin, and values of it.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// `[[setting]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The key in `[component.settings]` or `[deploy.NAME.options]`.
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
    /// For a provider: variables of the user's that say it where `run.toml` does
    /// not, the first that is set. Never one that holds a credential.
    #[serde(default)]
    pub environment: Vec<String>,
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
    /// A table of strings.
    Table,
    /// For a provider: names of variables of the user's whose values are to be
    /// deployed. The plugin gets placeholders for them.
    Secrets,
}

impl fmt::Display for SettingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "a string",
            Self::Bool => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Strings => "an array of strings",
            Self::Table => "a table of strings",
            Self::Secrets => "an array of variables' names",
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
    /// Of [`SettingKind::Strings`] and [`SettingKind::Secrets`].
    Strings(Vec<String>),
    /// Of [`SettingKind::Table`], in the order of the file.
    Table(#[serde(deserialize_with = "pairs")] Vec<(String, String)>),
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
            Self::Table(_) => SettingKind::Table,
        }
    }

    /// Whether it is a value of that kind.
    #[must_use]
    pub fn fits(&self, kind: SettingKind) -> bool {
        self.kind() == kind || matches!((self, kind), (Self::Strings(_), SettingKind::Secrets))
    }

    /// Its value or values as text: one for a scalar, any number for an
    /// array, `key=value` for each entry of a table.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::Bool(value) => vec![value.to_string()],
            Self::Integer(value) => vec![value.to_string()],
            Self::String(value) => vec![value.clone()],
            Self::Strings(values) => values.clone(),
            Self::Table(pairs) => pairs.iter().map(|(k, v)| format!("{k}={v}")).collect(),
        }
    }
}

/// A table's entries in the order they are written in.
fn pairs<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<(String, String)>, D::Error> {
    let table = toml::Table::deserialize(from)?;
    table
        .into_iter()
        .map(|(key, value)| match value {
            toml::Value::String(text) => Ok((key, text)),
            _ => Err(serde::de::Error::custom(format!("`{key}` is not a string"))),
        })
        .collect()
}
