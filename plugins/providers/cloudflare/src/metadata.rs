//! What is said of an upload beside its modules:
//! <https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/>.

use run_provider_shared::body::Multipart;
use run_provider_transpile::{Kind, Module};
use serde_json::{Map, Value, json};

use crate::settings::Settings;
use crate::worker::ENTRY;

/// A secret's name with what the host puts its value in the place of.
pub(crate) type Secret = (String, String);

/// What belongs to an upload besides the settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Upload {
    pub(crate) secrets: Vec<Secret>,
    /// Stores with the ids of their namespaces.
    pub(crate) stores: Vec<(String, String)>,
    /// See [`crate::present::tag`].
    pub(crate) tag: String,
    pub(crate) message: String,
}

pub(crate) fn metadata(settings: &Settings, upload: &Upload) -> Value {
    let variables = settings
        .variables
        .iter()
        .map(|(name, text)| json!({ "type": "plain_text", "name": name, "text": text }));
    let secrets = upload
        .secrets
        .iter()
        .map(|(name, text)| json!({ "type": "secret_text", "name": name, "text": text }));
    let stores = upload
        .stores
        .iter()
        .map(|(name, id)| json!({ "type": "kv_namespace", "name": name, "namespace_id": id }));
    let mut metadata = Map::new();
    let mut put = |key: &str, value: Value| metadata.insert(key.to_owned(), value);
    put("main_module", json!(ENTRY));
    put("bindings", variables.chain(secrets).chain(stores).collect());
    put("compatibility_date", json!(settings.compatibility_date));
    put("compatibility_flags", json!(settings.compatibility_flags));
    // Secrets that were set by hand stay.
    put("keep_bindings", json!(["secret_text", "secret_key"]));
    put(
        "annotations",
        json!({ "workers/tag": upload.tag, "workers/message": upload.message }),
    );
    put(
        "observability",
        json!({ "enabled": settings.observability }),
    );
    if let Some(milliseconds) = settings.cpu_ms {
        put("limits", json!({ "cpu_ms": milliseconds }));
    }
    Value::Object(metadata)
}

/// The value of `content-type`, and the body.
pub(crate) fn form(metadata: &Value, modules: &[Module]) -> (String, Vec<u8>) {
    let start = Multipart::default().field("metadata", "application/json", metadata.to_string());
    modules
        .iter()
        .fold(start, |form, module| {
            let kind = match module.kind {
                Kind::Script => "application/javascript+module",
                Kind::Wasm => "application/wasm",
            };
            form.file(&module.name, kind, module.bytes.as_slice())
        })
        .finish()
}
