//! A server in place of Vercel's API, with a team `team_acme`.

use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::{Answer, Platform, Project, Request};
use crate::Scratch;

#[derive(Default)]
struct State {
    project: bool,
    /// Digests.
    files: Vec<String>,
    /// As they were asked for, oldest first. The id of one is `dpl_` and its
    /// number, from 1.
    deployments: Vec<Value>,
    live: usize,
}

/// Starts it, with the project `handler` in place or not.
#[must_use]
pub fn start(project: bool) -> Platform {
    let state = Mutex::new(State {
        project,
        ..State::default()
    });
    Platform::start(move |request| {
        let mut state = state.lock().expect("no test panics in here");
        state.answer(request)
    })
}

/// A refusal, in the platform's form.
#[must_use]
pub fn refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer::Json(
        status,
        json!({ "error": { "code": code, "message": message } }),
    )
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        if !request.query.contains(&"teamId=team_acme".to_owned()) {
            return refusal(403, "forbidden", "Not authorized");
        }
        let path = request.path.as_str();
        match (request.method.as_str(), path) {
            ("GET", "/v9/projects/handler") if self.project => Answer::Json(200, self.project()),
            ("POST", "/v11/projects") => {
                self.project = true;
                Answer::Json(200, self.project())
            }
            ("DELETE", "/v9/projects/prj_handler") => {
                *self = Self::default();
                Answer::Json(204, Value::Null)
            }
            ("POST", "/v10/projects/prj_handler/env") => Answer::Json(201, json!({})),
            ("GET", "/v7/deployments") => {
                let all: Vec<_> = (1..=self.deployments.len())
                    .rev()
                    .map(|n| self.listed(n))
                    .collect();
                Answer::Json(200, json!({ "deployments": all }))
            }
            ("POST", "/v2/files") => {
                let digest = request.header("x-now-digest").unwrap_or_default();
                self.files.push(digest.to_owned());
                Answer::Json(200, json!({ "urls": [] }))
            }
            ("POST", "/v13/deployments") => self.deploy(request.json()),
            ("POST", rollback)
                if rollback.starts_with("/v1/projects/prj_handler/rollback/dpl_") =>
            {
                self.live = number(rollback);
                Answer::Json(201, Value::Null)
            }
            ("GET", one) if one.starts_with("/v13/deployments/dpl_") => {
                match self.deployments.get(number(one).wrapping_sub(1)) {
                    Some(_) => Answer::Json(200, self.deployment(number(one))),
                    None => refusal(404, "not_found", "Deployment not found"),
                }
            }
            _ => refusal(404, "not_found", "Not found"),
        }
    }

    fn project(&self) -> Value {
        let production = match self.live {
            0 => Value::Null,
            live => json!({ "id": format!("dpl_{live}"), "alias": ["handler..vercel.app"] }),
        };
        json!({ "id": "prj_handler", "name": "handler", "targets": { "production": production } })
    }

    fn deploy(&mut self, body: Value) -> Answer {
        let files = body["files"].as_array().cloned().unwrap_or_default();
        let missing: Vec<_> = files
            .iter()
            .filter_map(|file| file["sha"].as_str())
            .filter(|sha| !self.files.iter().any(|there| there == sha))
            .collect();
        if !missing.is_empty() {
            let error =
                json!({ "code": "missing_files", "message": "Missing files", "missing": missing });
            return Answer::Json(400, json!({ "error": error }));
        }
        let production = body["target"] == "production";
        self.deployments.push(body);
        let number = self.deployments.len();
        if production {
            self.live = number;
        }
        Answer::Json(200, self.deployment(number))
    }

    fn deployment(&self, number: usize) -> Value {
        let body = &self.deployments[number - 1];
        json!({
            "id": format!("dpl_{number}"),
            // No resolver takes these: nobody is asked whether they answer.
            "url": format!("handler-{number}..vercel.app"),
            "alias": ["handler..vercel.app"],
            "readyState": "READY",
            "target": body["target"],
            "meta": body["meta"],
        })
    }

    fn listed(&self, number: usize) -> Value {
        let body = &self.deployments[number - 1];
        json!({
            "uid": format!("dpl_{number}"),
            "url": format!("handler-{number}..vercel.app"),
            "state": "READY",
            "target": body["target"],
            "meta": body["meta"],
        })
    }
}

fn number(path: &str) -> usize {
    let digits = path.rsplit('_').next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// What is deployed there, by a member of the team.
#[must_use]
pub fn project(platform: &Platform, component: &Path, options: &str) -> Project {
    Project::new(
        component,
        "vercel",
        options,
        &[
            ("VERCEL_API_URL", platform.url().as_str()),
            ("VERCEL_TOKEN", "vercel-token-0123456789"),
            ("VERCEL_ORG_ID", "team_acme"),
        ],
    )
}

/// What the last deployment was asked for with.
///
/// # Panics
/// There was none.
#[must_use]
pub fn body(requests: &[Request]) -> Value {
    let asked = requests
        .iter()
        .rfind(|r| r.line() == "POST /v13/deployments");
    asked.expect("a deployment").json()
}

/// The files that were sent, and their paths.
///
/// # Panics
/// One was not.
#[must_use]
pub fn files(requests: &[Request]) -> Vec<(String, Vec<u8>)> {
    let body = body(requests);
    let listed = body["files"].as_array().expect("files");
    listed
        .iter()
        .map(|file| {
            let sent = requests.iter().find(|r| {
                r.path == "/v2/files" && r.header("x-now-digest") == file["sha"].as_str()
            });
            let bytes = sent.expect("the file was sent").body.clone();
            assert_eq!(file["size"], bytes.len());
            (file["file"].as_str().expect("a path").to_owned(), bytes)
        })
        .collect()
}

/// The function among these files, as a directory.
///
/// # Panics
/// It cannot be written.
#[must_use]
pub fn function(files: &[(String, Vec<u8>)]) -> Scratch {
    let function = Scratch::new();
    for (path, bytes) in files {
        if let Some(name) = path.strip_prefix(".vercel/output/functions/index.func/") {
            std::fs::write(function.path().join(name), bytes).expect("a file");
        }
    }
    function
}
