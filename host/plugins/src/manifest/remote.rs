//! `[[host]]` and `[[credential]]`: whom a provider may talk to, and with whose
//! authority.

use std::fmt;

use serde::Deserialize;

use super::read::Read;

/// `[[host]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// A host name. One label of it may be `*`, which stands for one label: a
    /// region, for example.
    pub name: String,
    /// Methods, upper case.
    pub methods: Vec<String>,
    /// Requests go below this path only. It is also what the URL of an override
    /// stands for.
    #[serde(default = "root")]
    pub base: String,
    /// The user's variables that may name another address for it, the first
    /// that is set.
    #[serde(default, rename = "override")]
    pub overrides: Vec<String>,
    /// Requests other than GET and HEAD that change nothing, and so are let
    /// through in every step that has the network, whether or not their method is
    /// among `methods`: `POST /v1/search`. A `*` is one step of the path. Where
    /// one path is for many calls, a header says which: `POST / x-call=List`.
    #[serde(default)]
    pub reads: Vec<String>,
    /// Why it is wanted.
    pub why: String,
}

fn root() -> String {
    "/".to_owned()
}

impl Host {
    /// The label that `*` stands for in `host`, where `host` is one of these;
    /// empty where the name has no `*`.
    #[must_use]
    pub fn matches<'h>(&self, host: &'h str) -> Option<&'h str> {
        let Some((before, after)) = self.name.split_once('*') else {
            return (self.name == host).then_some("");
        };
        let label = host.strip_prefix(before)?.strip_suffix(after)?;
        let is_label = !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        is_label.then_some(label)
    }

    /// Whether a path is below [`base`](Self::base).
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        let base = self.base.trim_end_matches('/');
        path.strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether a request is declared to change nothing.
    #[must_use]
    pub fn only_reads(&self, method: &str, path: &str, headers: &http::HeaderMap) -> bool {
        let mut reads = self.reads.iter().filter_map(|text| Read::parse(text));
        reads.any(|read| read.is(method, path, headers))
    }
}

/// `[[credential]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// What the plugin calls it.
    pub name: String,
    /// Variables it is read from: the first that is set; for `sigv4` the three
    /// that hold the key's id, the secret key, and the session's token.
    pub environment: Vec<String>,
    /// Where else the user may have it, in this order.
    #[serde(default, rename = "file")]
    pub files: Vec<CredentialFile>,
    /// The keys of its parts in the JSON that a program prints which the user has
    /// named for it; one that is a single text has none.
    #[serde(default)]
    pub printed: Vec<String>,
    /// How it is added to a request.
    pub inject: Inject,
    /// The only `[[host]]`s it is ever sent to, as they are named there.
    pub hosts: Vec<String>,
    /// For `sigv4`: the region of hosts whose name has no `*`.
    #[serde(default)]
    pub region: Option<String>,
    /// Why it is wanted.
    pub why: String,
    /// How a person gets one.
    #[serde(default)]
    pub help: Option<String>,
}

/// `[[credential.file]]`: a file in which another program keeps it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialFile {
    /// Where it is; `~` is the home directory.
    pub path: String,
    /// The variable that names another path.
    #[serde(default)]
    pub variable: Option<String>,
    /// What it is written in.
    pub format: FileFormat,
    /// The section of an `ini` file.
    #[serde(default)]
    pub section: Option<String>,
    /// The variable that names another section.
    #[serde(default)]
    pub section_variable: Option<String>,
    /// The keys of its parts, as many as it has; steps of a path are separated
    /// by `.`.
    pub keys: Vec<String>,
}

/// What a [`CredentialFile`] is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Sections with `key = value`.
    Ini,
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

/// How a credential is added to a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Inject {
    /// `Authorization: Bearer …`.
    Bearer,
    /// A header of its own.
    Header(http::HeaderName),
    /// A signature over the request, Signature Version 4. The service is
    /// the first label of the host's name, the region the label that `*` stands
    /// for.
    SigV4,
}

impl Inject {
    /// How many texts it is made of.
    #[must_use]
    pub const fn parts(&self) -> usize {
        match self {
            Self::Bearer | Self::Header(_) => 1,
            Self::SigV4 => 3,
        }
    }
}

impl TryFrom<String> for Inject {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "bearer" => Ok(Self::Bearer),
            "sigv4" => Ok(Self::SigV4),
            other => other
                .strip_prefix("header:")
                .and_then(|name| name.parse().ok())
                .map(Self::Header)
                .ok_or_else(|| {
                    format!("`{other}` is neither `bearer`, `sigv4` nor `header:<Name>`")
                }),
        }
    }
}

impl fmt::Display for Inject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bearer => f.write_str("bearer"),
            Self::Header(name) => write!(f, "header:{name}"),
            Self::SigV4 => f.write_str("sigv4"),
        }
    }
}
