//! What is asked for once something is deployed: how it stands, going back,
//! taking it away, its log.

use std::time::{SystemTime, UNIX_EPOCH};

use run_plugin_api::provider::{LogPage, Phase};
use run_plugin_api::{Error, Result};
use serde_json::{Value, json};

use crate::api::{Api, Share, Version, result};
use crate::apply::digest_in;
use crate::present::Made;
use crate::settings::Settings;

/// How one version stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stand {
    pub(crate) id: String,
    pub(crate) phase: Phase,
    /// How many percent of the requests it gets.
    pub(crate) percent: f64,
    /// The artifact that it is of.
    pub(crate) digest: Option<String>,
    pub(crate) created: Option<String>,
}

/// Newest first; of all versions that the platform lists, or of one.
pub(crate) fn status(api: &Api<'_, '_>, id: Option<&str>) -> Result<Vec<Stand>> {
    if !api.exists()? {
        return Ok(Vec::new());
    }
    let deployments = api.deployments()?;
    let mut versions = match id {
        Some(id) => api.version(id)?.into_iter().collect(),
        None => api.versions()?,
    };
    versions.sort_by_key(|version: &Version| std::cmp::Reverse(version.number));
    let share = |shares: &[Share], id: &str| {
        shares
            .iter()
            .find(|share| share.version_id == id)
            .map(|share| share.percentage)
    };
    Ok(versions
        .into_iter()
        .map(|version| {
            let live = deployments
                .first()
                .and_then(|deployed| share(&deployed.versions, &version.id));
            let was = deployments
                .iter()
                .any(|deployed| share(&deployed.versions, &version.id).is_some());
            Stand {
                phase: match (live, was) {
                    (Some(_), _) => Phase::Live,
                    (None, true) => Phase::Superseded,
                    (None, false) => Phase::Pending,
                },
                percent: live.unwrap_or_default(),
                digest: version
                    .annotations
                    .message
                    .as_deref()
                    .and_then(digest_in)
                    .map(str::to_owned),
                created: version.metadata.created_on,
                id: version.id,
            }
        })
        .collect())
}

/// Gives every request to an earlier version.
pub(crate) fn rollback(api: &Api<'_, '_>, to: &str) -> Result<Version> {
    let version = api.version(to)?.ok_or_else(|| {
        Error::not_found(format!("the Worker `{}` has no version `{to}`", api.worker))
            .with_help("`deploy status` lists those that there are")
    })?;
    let shares = [Share {
        version_id: version.id.clone(),
        percentage: 100.0,
    }];
    api.deploy(&shares, &format!("run v2 deploy rollback {to}"))?;
    Ok(version)
}

/// Takes the Worker away, and what leads to it. Stores stay: they hold data.
pub(crate) fn destroy(api: &Api<'_, '_>, settings: &Settings, made: &Made) -> Result<()> {
    if let Some(zone) = &settings.zone {
        let ours = api.routes(zone)?.into_iter().filter(|route| {
            route.script.as_deref() == Some(&settings.worker)
                && (settings.routes.contains(&route.pattern)
                    || made.routes.contains(&route.pattern))
        });
        for route in ours {
            let zone = run_provider_shared::body::encoded(zone);
            api.client
                .delete(&format!("/zones/{zone}/workers/routes/{}", route.id))?;
        }
    }
    if !(settings.domains.is_empty() && made.domains.is_empty()) {
        let ours = api.domains()?.into_iter().filter(|domain| {
            domain.service == settings.worker
                && (settings.domains.contains(&domain.hostname)
                    || made.domains.contains(&domain.hostname))
        });
        for domain in ours {
            let path = format!("/workers/domains/{}", domain.id);
            api.client.delete(&api.in_account(&path))?;
        }
    }
    api.client.delete(&api.script("?force=true"))
}

/// How far back the first page of a log goes, in milliseconds.
const BACK: u64 = 15 * 60 * 1000;

/// How many lines a page has at most.
const PAGE: u32 = 100;

/// Asks the platform's own log, which it keeps where `observability` is on:
/// <https://developers.cloudflare.com/api/resources/workers/subresources/observability/>.
/// The cursor is a time in milliseconds.
pub(crate) fn logs(api: &Api<'_, '_>, cursor: Option<&str>) -> Result<LogPage> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or_default()
        });
    let from = match cursor.map(str::parse) {
        None => now.saturating_sub(BACK),
        Some(Ok(from)) => from,
        Some(Err(_)) => return Err(Error::invalid_input("the cursor is none of this log")),
    };
    let path = api.in_account("/workers/observability/telemetry/query");
    let body = query(&api.worker, from, now.max(from + 1));
    let answer: Value = result(&api.client.json(
        run_provider_shared::Method::Post,
        &path,
        &body,
    )?)?;
    Ok(page(&answer, from))
}

pub(crate) fn query(worker: &str, from: u64, to: u64) -> Value {
    json!({
        "queryId": "run-deploy-logs",
        "timeframe": { "from": from, "to": to },
        "view": "events",
        "limit": PAGE,
        "parameters": {
            "datasets": ["cloudflare-workers"],
            "filters": [{
                "key": "$metadata.service",
                "operation": "eq",
                "type": "string",
                "value": worker,
            }],
            "orderBy": { "value": "timestamp", "order": "asc" },
        },
    })
}

/// Lines in the order of time, and where the next page begins.
fn page(answer: &Value, from: u64) -> LogPage {
    let mut events: Vec<_> = answer["events"]["events"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|event| (event["timestamp"].as_u64().unwrap_or(from), event))
        .collect();
    events.sort_by_key(|(time, _)| *time);
    let next = events.last().map_or(from, |(time, _)| time + 1);
    LogPage {
        lines: events
            .iter()
            .map(|(_, event)| {
                let said = event["$metadata"]["message"].as_str();
                match said.or(event["source"].as_str()) {
                    Some(text) => text.to_owned(),
                    None => event["source"].to_string(),
                }
            })
            .collect(),
        cursor: Some(next.to_string()),
    }
}
