//! What the API answers, as far as it is looked at.

use run_provider_shared::Said;
use serde::Deserialize;
use serde_json::Value;

use crate::backend::Backend;

/// Older parts of the API answer `msg` and `detail`, newer ones `title` and
/// `detail`, some a list of these.
pub(crate) fn said(answer: &Value) -> Said {
    let first = answer["errors"].get(0).unwrap_or(answer);
    let text = |key: &str| first[key].as_str().filter(|text| !text.is_empty());
    let title = text("msg").or(text("title"));
    let message = match (title, text("detail").or(text("reason"))) {
        (Some(title), Some(detail)) if title != detail => Some(format!("{title}: {detail}")),
        (title, detail) => title.or(detail).map(str::to_owned),
    };
    Said {
        code: text("code").map(str::to_owned),
        message,
    }
}

/// A service, with all of its versions.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Service {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) versions: Vec<Version>,
    #[serde(default)]
    pub(crate) environments: Vec<Environment>,
}

/// A version of a service's configuration, with its package.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Version {
    pub(crate) number: u32,
    #[serde(default)]
    pub(crate) active: bool,
    #[serde(default)]
    pub(crate) locked: bool,
    #[serde(default)]
    pub(crate) comment: Option<String>,
    #[serde(default)]
    pub(crate) updated_at: Option<String>,
}

/// Where versions are activated beside the one that everybody sees.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Environment {
    pub(crate) name: String,
    pub(crate) active_version: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    pub(crate) id: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Domain {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) staging_ip: Option<String>,
}

/// A backend that is there.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Present {
    pub(crate) name: String,
    address: Option<String>,
    port: Option<u16>,
    #[serde(default)]
    use_ssl: Option<bool>,
    #[serde(default)]
    override_host: Option<String>,
}

impl Present {
    /// Whether it is the one that is wanted.
    pub(crate) fn is(&self, wanted: &Backend) -> bool {
        self.address.as_deref() == Some(&wanted.address)
            && self.port == Some(wanted.port)
            && self.use_ssl.unwrap_or_default() == wanted.tls
            && self.override_host.as_deref().filter(|h| !h.is_empty()) == wanted.host()
    }
}

/// What is linked to a version.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) resource_id: String,
}

/// A store of the account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Store {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Stores {
    pub(crate) data: Vec<Store>,
    #[serde(default)]
    pub(crate) meta: Meta,
}

/// What a list says of itself.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Meta {
    pub(crate) next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PackageAnswer {
    pub(crate) metadata: Option<PackageMetadata>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PackageMetadata {
    pub(crate) files_hash: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Validity {
    pub(crate) status: String,
    pub(crate) msg: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_shape_of_error_is_read() {
        for (answer, expected) in [
            (
                json!({"msg": "Record not found", "detail": "no service"}),
                "Record not found: no service",
            ),
            (json!({"msg": "Bad request"}), "Bad request"),
            (
                json!({"title": "Conflict", "detail": "Conflict"}),
                "Conflict",
            ),
            (json!({"errors": [{"title": "a", "detail": "b"}]}), "a: b"),
        ] {
            assert_eq!(said(&answer).message.as_deref(), Some(expected));
        }
        assert_eq!(said(&json!([1])), Said::default());
    }
}
