//! A server in place of Vercel's API, with a team `team_acme`.

use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};

mod sent;

pub use sent::{File, assert_as_recorded, body, files, function, public};

use super::{Answer, Platform, Project, Request};

#[derive(Default)]
struct State {
    project: bool,
    /// Digests.
    files: Vec<String>,
    /// As they were asked for, oldest first. The id of one is `dpl_` and its
    /// number, from 1.
    deployments: Vec<Value>,
    live: usize,
    /// What somebody went back from, and nobody went on since.
    rolled_back_from: Option<usize>,
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
            ("GET", "/v9/projects/handler" | "/v9/projects/prj_handler") if self.project => {
                Answer::Json(200, self.project())
            }
            ("POST", "/v11/projects") => {
                self.project = true;
                Answer::Json(200, self.project())
            }
            ("DELETE", "/v9/projects/prj_handler") => {
                *self = Self::default();
                Answer::Json(204, Value::Null)
            }
            ("POST", "/v10/projects/prj_handler/env") => Answer::Json(201, json!({})),
            ("GET", "/v9/projects/prj_handler/env") => Answer::Json(200, json!({ "envs": [] })),
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
                self.rolled_back_from = Some(self.live);
                self.live = number(rollback);
                Answer::Json(201, Value::Null)
            }
            ("POST", promote) if promote.starts_with("/v10/projects/prj_handler/promote/dpl_") => {
                self.rolled_back_from = None;
                self.live = number(promote);
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
        let mut project = json!({
            "id": "prj_handler", "name": "handler", "targets": { "production": production },
        });
        if let Some(from) = self.rolled_back_from {
            let from = format!("dpl_{from}");
            project["lastAliasRequest"] = json!({ "type": "rollback", "fromDeploymentId": from });
        }
        project
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
        // As the platform has it, nothing new goes live by itself after that.
        if production && self.rolled_back_from.is_none() {
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
