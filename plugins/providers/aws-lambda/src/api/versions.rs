//! Versions of a function, and the alias that says which one is live.

use run_plugin_api::Result;
use run_provider_shared::Method;
use run_provider_shared::body::form;
use serde::Deserialize;
use serde_json::json;

use super::functions::{Function, Lambda};
use crate::bundle::Bundle;

/// The alias that is live: URLs and schedules call it, versions come and go.
pub(crate) const LIVE: &str = "live";

/// What an alias points to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Alias {
    pub(crate) function_version: String,
}

impl Lambda<'_, '_> {
    /// Its published versions, oldest first.
    pub(crate) fn versions(&self) -> Result<Vec<Function>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Versions {
            #[serde(default)]
            versions: Vec<Function>,
            #[serde(default)]
            next_marker: Option<String>,
        }
        let mut all = Vec::new();
        let mut marker: Option<String> = None;
        // A function has 10,000 at most; what is asked for is bounded all the same.
        for _ in 0..200 {
            let query = match &marker {
                Some(marker) => form(&[("MaxItems", "50"), ("Marker", marker)]),
                None => form(&[("MaxItems", "50")]),
            };
            let page = self
                .client
                .find(&self.path(&format!("/versions?{query}")))?;
            let Some(page) = page else { break };
            let page: Versions = page.read()?;
            all.extend(page.versions);
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                break;
            }
        }
        all.retain(|version| version.version != "$LATEST");
        Ok(all)
    }

    /// The version that is live.
    pub(crate) fn live(&self) -> Result<Option<String>> {
        let found = self.client.find(&self.path(&format!("/aliases/{LIVE}")))?;
        let alias: Option<Alias> = found.map(|answer| answer.read()).transpose()?;
        Ok(alias.map(|alias| alias.function_version))
    }

    /// Publishes what is there as a version, and gives its number.
    pub(crate) fn publish(&self, bundle: &Bundle, description: &str) -> Result<String> {
        let body = json!({ "CodeSha256": bundle.sha, "Description": description });
        let made: Function = self
            .client
            .json(Method::Post, &self.path("/versions"), &body)?
            .read()?;
        Ok(made.version)
    }

    /// Makes a version the live one.
    pub(crate) fn promote(&self, version: &str, exists: bool) -> Result<()> {
        let (method, path, body) = match exists {
            true => (
                Method::Put,
                self.path(&format!("/aliases/{LIVE}")),
                json!({ "FunctionVersion": version }),
            ),
            false => (
                Method::Post,
                self.path("/aliases"),
                json!({ "Name": LIVE, "FunctionVersion": version }),
            ),
        };
        self.client.json(method, &path, &body).map(drop)
    }
}
