//! The API of Fastly in small: one service with its versions.

use std::sync::Mutex;

use serde_json::{Value, json};

use super::form::form;
use super::package::Package;
use super::stores::Stores;
use crate::edge::{Answer, Request};

/// One service with its versions, and the stores of an account: enough to deploy
/// to, with answers of the shapes that the real ones have.
#[derive(Debug, Default)]
pub struct Account {
    versions: Vec<Version>,
    deleted: bool,
    staged: Option<usize>,
    stores: Stores,
}

#[derive(Debug, Clone, Default)]
struct Version {
    active: bool,
    locked: bool,
    comment: String,
    domains: Vec<String>,
    backends: Vec<Value>,
    links: Vec<Value>,
    files_hash: Option<String>,
}

impl Account {
    /// Answers requests, one after another.
    pub fn serve() -> impl Fn(&Request) -> Answer + Send + Sync {
        let account = Mutex::new(Self::default());
        move |request: &Request| {
            let mut account = account.lock().expect("no test panicked in it");
            account.answer(request)
        }
    }

    /// Answers one request.
    ///
    /// # Panics
    /// It is none of those that are known here.
    pub fn answer(&mut self, request: &Request) -> Answer {
        if request.header("fastly-key").is_none() {
            return Answer::Json(
                401,
                json!({ "msg": "Provided credentials are missing or invalid" }),
            );
        }
        let path = request.path.trim_start_matches('/').to_owned();
        let steps: Vec<&str> = path.split('/').collect();
        let form = form(request);
        let ok = |json: Value| Answer::Json(200, json);
        let none = || Answer::Json(404, json!({ "msg": "Record not found" }));
        match (request.method.as_str(), steps.as_slice()) {
            ("GET", ["service", "search"]) if self.versions.is_empty() || self.deleted => {
                Answer::Json(
                    400,
                    json!({ "msg": "Bad request", "detail": "no such name" }),
                )
            }
            ("GET", ["service", "search"]) => ok(self.service()),
            ("POST", ["service"]) => {
                self.versions.push(Version::default());
                ok(self.service())
            }
            ("GET", ["service", "S", "details"]) if !self.deleted => ok(self.service()),
            ("DELETE", ["service", "S"]) => {
                if self.versions.iter().any(|version| version.active) {
                    return Answer::Json(400, json!({ "msg": "it is active" }));
                }
                self.deleted = true;
                ok(json!({ "status": "ok" }))
            }
            (method, ["service", "S", "version", number, rest @ ..]) if !self.deleted => {
                let number: usize = number.parse().expect("a number");
                match number <= self.versions.len() {
                    true => self.version(method, number, rest, &form, request),
                    false => none(),
                }
            }
            (method, ["resources", "stores", kind, rest @ ..]) => {
                self.stores.answer(method, kind, rest, &form, request)
            }
            _ => none(),
        }
    }

    fn service(&self) -> Value {
        let versions: Vec<_> = (1..=self.versions.len())
            .map(|n| self.described(n))
            .collect();
        json!({
            "id": "S", "name": "handler", "type": "wasm", "versions": versions,
            "environments": [{ "name": "staging", "active_version": self.staged }],
        })
    }

    fn described(&self, number: usize) -> Value {
        let version = &self.versions[number - 1];
        json!({
            "number": number, "active": version.active, "locked": version.locked,
            "comment": version.comment, "service_id": "S", "updated_at": "2026-01-01T00:00:00Z",
        })
    }

    fn version(
        &mut self,
        method: &str,
        number: usize,
        rest: &[&str],
        form: &[(String, String)],
        request: &Request,
    ) -> Answer {
        let ok = |json: Value| Answer::Json(200, json);
        let value = |name: &str| {
            let found = form.iter().find(|(field, _)| field == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let count = self.versions.len();
        let version = &mut self.versions[number - 1];
        let named = |list: &mut Vec<Value>, key: &str, name: &str| {
            list.retain(|item| item[key] != name);
        };
        let changes = !matches!(method, "GET")
            && !["clone", "activate", "deactivate"]
                .contains(&rest.first().copied().unwrap_or_default());
        if changes && version.locked {
            return Answer::Json(422, json!({ "msg": "Version is locked" }));
        }
        match (method, rest) {
            ("PUT", []) => {
                version.comment = value("comment");
                ok(self.described(number))
            }
            ("PUT", ["clone"]) => {
                let copy = Version {
                    active: false,
                    locked: false,
                    comment: String::new(),
                    ..version.clone()
                };
                self.versions.push(copy);
                ok(self.described(count + 1))
            }
            ("PUT", ["activate", "staging"]) => {
                version.locked = true;
                self.staged = Some(number);
                ok(self.described(number))
            }
            ("PUT", ["deactivate", "staging"]) => {
                self.staged = None;
                ok(self.described(number))
            }
            ("PUT", ["activate"]) => {
                self.versions
                    .iter_mut()
                    .for_each(|version| version.active = false);
                self.versions[number - 1].active = true;
                self.versions[number - 1].locked = true;
                ok(self.described(number))
            }
            ("PUT", ["deactivate"]) => {
                version.active = false;
                ok(self.described(number))
            }
            ("GET", ["validate"]) => match (&version.files_hash, version.backends.is_empty()) {
                (Some(_), false) => ok(json!({ "status": "ok", "msg": null })),
                _ => ok(json!({ "status": "error", "msg": "Version has no associated backends" })),
            },
            ("GET", ["domain"]) => {
                let domain = |name| json!({ "name": name, "staging_ip": "192.0.2.7" });
                ok(version.domains.iter().map(domain).collect())
            }
            ("POST", ["domain"]) => {
                version.domains.push(value("name"));
                ok(json!({ "name": value("name") }))
            }
            ("DELETE", ["domain", name]) => {
                version.domains.retain(|domain| domain != name);
                ok(json!({ "status": "ok" }))
            }
            ("GET", ["backend"]) => ok(version.backends.clone().into()),
            ("POST", ["backend"]) => {
                version.backends.push(backend(&value("name"), &value));
                ok(json!({ "name": value("name") }))
            }
            ("PUT", ["backend", name]) => {
                named(&mut version.backends, "name", name);
                version.backends.push(backend(name, &value));
                ok(json!({ "name": name }))
            }
            ("DELETE", ["backend", name]) => {
                named(&mut version.backends, "name", name);
                ok(json!({ "status": "ok" }))
            }
            ("GET", ["resource"]) => ok(version.links.clone().into()),
            ("POST", ["resource"]) => {
                let (name, id) = (value("name"), value("resource_id"));
                let link = json!({ "id": format!("L-{name}"), "name": name, "resource_id": id });
                version.links.push(link.clone());
                ok(link)
            }
            ("DELETE", ["resource", id]) => {
                named(&mut version.links, "id", id);
                ok(json!({ "status": "ok" }))
            }
            ("GET", ["package"]) => match &version.files_hash {
                Some(hash) => ok(json!({ "id": "P", "metadata": { "files_hash": hash } })),
                None => Answer::Json(404, json!({ "msg": "Record not found" })),
            },
            ("PUT", ["package"]) => {
                let package = Package::of(request);
                version.files_hash = Some(package.files_hash());
                ok(json!({ "id": "P", "metadata": { "files_hash": version.files_hash } }))
            }
            other => panic!("nothing is known of {other:?}"),
        }
    }
}

fn backend(name: &str, value: &impl Fn(&str) -> String) -> Value {
    json!({
        "name": name, "address": value("address"), "port": value("port").parse::<u16>().ok(),
        "use_ssl": value("use_ssl") == "1", "override_host": value("override_host"),
    })
}
