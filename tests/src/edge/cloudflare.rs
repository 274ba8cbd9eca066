//! A server in place of Cloudflare's API, with an account `account` whose names
//! are below `..`: no resolver takes those, so nobody is asked whether they
//! answer.

use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::{Answer, Module, Platform, Project, Request, Running, parts, workerd};

/// The compatibility date that deployed Workers have.
const DATE: &str = "2026-04-01";

#[derive(Default)]
struct State {
    /// Metadata of uploads, oldest first. The id of one is `version-` and its
    /// number, from 1.
    versions: Vec<Value>,
    /// Newest first.
    deployments: Vec<Value>,
    workers_dev: bool,
    schedules: Value,
}

/// Starts it.
#[must_use]
pub fn start() -> Platform {
    let state = Mutex::new(State {
        schedules: json!([]),
        ..State::default()
    });
    Platform::start(move |request| {
        let mut state = state.lock().expect("no test panics in here");
        state.answer(request)
    })
}

/// What is deployed there, by a user of the account.
#[must_use]
pub fn project(platform: &Platform, component: &Path, options: &str) -> Project {
    let api = format!("{}/client/v4", platform.url());
    Project::new(
        component,
        "cloudflare",
        options,
        &[
            ("CLOUDFLARE_API_BASE_URL", api.as_str()),
            ("CLOUDFLARE_API_TOKEN", "cf-token-0123456789"),
            ("CLOUDFLARE_ACCOUNT_ID", "account"),
        ],
    )
}

/// The upload of a Worker among these.
///
/// # Panics
/// There is none.
#[must_use]
pub fn upload(requests: &[Request]) -> &Request {
    let is_upload = |r: &&Request| r.body.starts_with(b"--run-boundary");
    requests.iter().find(is_upload).expect("an upload")
}

/// Cloudflare's own engine with what was uploaded, and these variables.
#[must_use]
pub fn worker(upload: &Request, variables: &[(&str, &str)]) -> Running {
    let all = parts(upload);
    let modules: Vec<_> = all[1..]
        .iter()
        .map(|part| Module {
            name: &part.name,
            bytes: &part.bytes,
        })
        .collect();
    workerd(&modules, variables, DATE)
}

/// What every answer is wrapped in.
fn ok(result: Value) -> Answer {
    let answer = json!({ "success": true, "errors": [], "messages": [], "result": result });
    Answer::Json(200, answer)
}

/// A refusal, in the platform's form.
#[must_use]
pub fn refusal(status: u16, code: u32, message: &str) -> Answer {
    let errors = json!([{ "code": code, "message": message }]);
    let answer = json!({ "success": false, "errors": errors, "messages": [], "result": null });
    Answer::Json(status, answer)
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        let Some(path) = request
            .path
            .strip_prefix("/client/v4/accounts/account/workers/")
        else {
            return refusal(404, 7003, "no route for that URI");
        };
        let worker = path.strip_prefix("scripts/handler").unwrap_or(path);
        match (request.method.as_str(), worker) {
            ("GET", "services/handler") if self.versions.is_empty() => {
                refusal(404, 10090, "This Worker does not exist on your account.")
            }
            ("GET", "services/handler") => ok(json!({ "id": "handler" })),
            ("GET", "subdomain") => ok(json!({ "subdomain": "." })),
            ("PUT", "") => {
                self.upload(request);
                self.deploy(json!([{ "version_id": self.newest(), "percentage": 100 }]));
                ok(json!({ "id": "handler", "etag": "e", "startup_time_ms": 7 }))
            }
            ("POST", "/versions") => {
                self.upload(request);
                let number = self.versions.len();
                ok(json!({ "id": self.newest(), "number": number, "startup_time_ms": 8 }))
            }
            ("POST", "/deployments") => {
                self.deploy(request.json()["versions"].clone());
                ok(json!({ "id": "d" }))
            }
            ("GET", "/deployments") => ok(json!({ "deployments": self.deployments })),
            ("GET", "/versions") => {
                let all: Vec<_> = (1..=self.versions.len())
                    .filter_map(|n| self.version(n))
                    .collect();
                ok(json!({ "items": all }))
            }
            ("GET", version) if version.starts_with("/versions/version-") => {
                let number = version.trim_start_matches("/versions/version-").parse();
                match number.ok().and_then(|number| self.version(number)) {
                    Some(version) => ok(version),
                    None => refusal(404, 10007, "workers.api.error.version_not_found"),
                }
            }
            ("GET", "/subdomain") => {
                ok(json!({ "enabled": self.workers_dev, "previews_enabled": false }))
            }
            ("POST", "/subdomain") => {
                self.workers_dev = request.json()["enabled"] == true;
                ok(json!({ "enabled": self.workers_dev, "previews_enabled": false }))
            }
            ("GET", "/schedules") => ok(json!({ "schedules": self.schedules })),
            ("PUT", "/schedules") => {
                self.schedules = request.json();
                ok(json!({ "schedules": self.schedules }))
            }
            ("PATCH", "/script-settings") => ok(json!({})),
            ("POST", "observability/telemetry/query") => {
                let event = |at: u64, text: &str| json!({ "timestamp": at, "$metadata": { "message": text } });
                let events = [event(2, "second"), event(1, "first")];
                ok(json!({ "events": { "events": events } }))
            }
            ("DELETE", "") => {
                *self = Self {
                    schedules: json!([]),
                    ..Self::default()
                };
                ok(Value::Null)
            }
            _ => refusal(404, 7003, "no route for that URI"),
        }
    }

    fn upload(&mut self, request: &Request) {
        let metadata = serde_json::from_slice(&parts(request)[0].bytes).expect("metadata");
        self.versions.push(metadata);
    }

    fn newest(&self) -> String {
        format!("version-{}", self.versions.len())
    }

    fn deploy(&mut self, versions: Value) {
        self.deployments
            .insert(0, json!({ "id": "d", "versions": versions }));
    }

    fn version(&self, number: usize) -> Option<Value> {
        let metadata = self.versions.get(number.checked_sub(1)?)?;
        Some(json!({
            "id": format!("version-{number}"),
            "number": number,
            "metadata": { "created_on": "2026-01-01T00:00:00Z" },
            "annotations": metadata["annotations"],
        }))
    }
}
