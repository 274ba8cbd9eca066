//! Domains of a project.

use run_plugin_api::Result;
use run_provider_shared::Method;
use run_provider_shared::body::encoded;
use serde::Deserialize;
use serde_json::json;

use crate::api::Api;

/// Those that a project has.
pub(crate) fn all(api: &Api<'_, '_>, project: &str) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Listed {
        domains: Vec<Domain>,
    }
    #[derive(Deserialize)]
    struct Domain {
        name: String,
    }
    let path = format!("/v9/projects/{}/domains", encoded(project));
    let path = api.path(&path, &[("limit", "100")]);
    let answer: Listed = api.client.get(&path)?.read()?;
    let names = answer.domains.into_iter().map(|domain| domain.name);
    Ok(names.collect())
}

/// What the platform says of a domain that was added.
#[derive(Debug, Deserialize)]
struct Added {
    verified: Option<bool>,
    #[serde(default)]
    verification: Vec<Challenge>,
}

/// A record that shows whose a domain is.
#[derive(Debug, Deserialize)]
struct Challenge {
    #[serde(rename = "type")]
    kind: String,
    domain: String,
    value: String,
}

/// Adds one, and says what the user has to do so that it works.
pub(crate) fn add(api: &Api<'_, '_>, project: &str, name: &str) -> Result<Option<String>> {
    let path = format!("/v10/projects/{}/domains", encoded(project));
    let body = json!({ "name": name });
    let answer = api
        .client
        .json(Method::Post, &api.path(&path, &[]), &body)?;
    Ok(unverified(name, &answer.read()?))
}

pub(crate) fn remove(api: &Api<'_, '_>, project: &str, name: &str) -> Result<()> {
    let path = format!(
        "/v9/projects/{}/domains/{}",
        encoded(project),
        encoded(name)
    );
    api.client.delete(&api.path(&path, &[]))
}

/// How to show that a domain is the user's, where the platform wants to see it.
fn unverified(name: &str, added: &Added) -> Option<String> {
    if added.verified != Some(false) {
        return None;
    }
    let records: Vec<_> = added
        .verification
        .iter()
        .map(|record| format!("{} {} \"{}\"", record.kind, record.domain, record.value))
        .collect();
    Some(match records.is_empty() {
        true => format!("the domain {name} is not verified: its page in the dashboard says how"),
        false => format!(
            "the domain {name} is not verified: add the record {}",
            records.join(" or ")
        ),
    })
}
