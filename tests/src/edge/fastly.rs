//! Fastly: its API in small, its engine, and its own command.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::engine::{Running, free_port, packages};
use super::{Answer, Request};
use crate::Scratch;
use crate::command::{cargo, workspace};

/// One service with its versions, and the stores of an account: enough to deploy
/// to, with answers of the shapes that the real ones have.
#[derive(Debug, Default)]
pub struct Account {
    versions: Vec<Version>,
    deleted: bool,
    staged: Option<usize>,
    /// Kind and name; the number of a store is its id.
    stores: Vec<(String, String)>,
    items: Vec<(String, String)>,
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
    #[must_use]
    pub fn serve() -> impl Fn(&Request, &[Request]) -> Answer + Send + Sync {
        let account = Mutex::new(Self::default());
        move |request: &Request, _: &[Request]| {
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
            return Answer::Json(401, json!({ "msg": "Provided credentials are missing or invalid" }));
        }
        let path = request.path.trim_start_matches('/').to_owned();
        let steps: Vec<&str> = path.split('/').collect();
        let form = form(request);
        let ok = |json: Value| Answer::Json(200, json);
        let none = || Answer::Json(404, json!({ "msg": "Record not found" }));
        match (request.method.as_str(), steps.as_slice()) {
            ("GET", ["service", "search"]) if self.versions.is_empty() || self.deleted => {
                Answer::Json(400, json!({ "msg": "Bad request", "detail": "no such name" }))
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
                self.store(method, kind, rest, &form, request)
            }
            _ => none(),
        }
    }

    fn service(&self) -> Value {
        let versions: Vec<_> = (1..=self.versions.len()).map(|n| self.described(n)).collect();
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
        let changes = !matches!(method, "GET") && !["clone", "activate", "deactivate"]
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
                let copy = Version { active: false, locked: false, comment: String::new(), ..version.clone() };
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
                self.versions.iter_mut().for_each(|version| version.active = false);
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

    fn store(
        &mut self,
        method: &str,
        kind: &str,
        rest: &[&str],
        form: &[(String, String)],
        request: &Request,
    ) -> Answer {
        let ok = |json: Value| Answer::Json(200, json);
        let id = |number: usize| format!("store{number}");
        match (method, rest) {
            ("GET", []) => {
                let all = self.stores.iter().enumerate();
                let all: Vec<_> = all
                    .filter(|(_, store)| store.0 == kind)
                    .map(|(number, store)| json!({ "id": id(number), "name": store.1 }))
                    .collect();
                match kind {
                    "config" => ok(all.into()),
                    _ => ok(json!({ "data": all, "meta": { "limit": 100 } })),
                }
            }
            ("POST", []) => {
                let name = match kind {
                    "config" => form.first().map(|(_, name)| name.clone()),
                    _ => request.json()["name"].as_str().map(str::to_owned),
                };
                let name = name.expect("a name");
                self.stores.push((kind.to_owned(), name.clone()));
                ok(json!({ "id": id(self.stores.len() - 1), "name": name }))
            }
            ("DELETE", [store]) => {
                let number: usize = store.trim_start_matches("store").parse().expect("an id");
                // The numbers of the others stay.
                self.stores[number] = (String::new(), String::new());
                ok(json!({ "status": "ok" }))
            }
            ("GET", [_, "item", key]) => match self.items.iter().find(|(item, _)| item == key) {
                Some((key, value)) => ok(json!({ "item_key": key, "item_value": value })),
                None => Answer::Json(404, json!({ "msg": "Record not found" })),
            },
            ("PUT", [_, "item", key]) => {
                let value = form.first().map(|(_, value)| value.clone());
                self.items.push(((*key).to_owned(), value.expect("a value")));
                ok(json!({ "item_key": key }))
            }
            ("PUT", [_, "secrets"]) => ok(json!({ "name": request.json()["name"] })),
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

/// The fields of a form, in their order.
#[must_use]
pub fn form(request: &Request) -> Vec<(String, String)> {
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Vec::new();
    }
    let text = String::from_utf8(request.body.clone()).expect("UTF-8");
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut bytes = Vec::new();
    let mut rest = text.split('%');
    bytes.extend(rest.next().unwrap_or_default().bytes());
    for part in rest {
        let (hex, after) = part.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).expect("two digits"));
        bytes.extend(after.bytes());
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// An uploaded package.
#[derive(Debug, Clone)]
pub struct Package {
    /// What the archive is called.
    pub file: String,
    /// The archive.
    pub bytes: Vec<u8>,
    /// Its files, by name.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Package {
    /// The one of an upload.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let mut parts = super::parts(request);
        assert_eq!(parts.len(), 1, "the package alone");
        let part = parts.remove(0);
        assert_eq!(part.name, "package");
        assert_eq!(part.kind, "application/octet-stream");
        let mut archive = Vec::new();
        let read = GzDecoder::new(part.bytes.as_slice()).read_to_end(&mut archive);
        read.expect("an archive");
        let mut files = Vec::new();
        let mut rest = archive.as_slice();
        while rest.first().is_some_and(|byte| *byte != 0) {
            let text = |from: usize, length: usize| {
                let field = &rest[from..from + length];
                let end = field.iter().position(|byte| *byte == 0).unwrap_or(length);
                String::from_utf8(field[..end].to_vec()).expect("UTF-8")
            };
            let size = usize::from_str_radix(text(124, 12).trim(), 8).expect("a size");
            files.push((text(0, 100), rest[512..512 + size].to_vec()));
            rest = &rest[512 + size.next_multiple_of(512)..];
        }
        Self {
            file: part.filename.expect("a file's name"),
            bytes: part.bytes,
            files,
        }
    }

    /// The component.
    ///
    /// # Panics
    /// There is none.
    #[must_use]
    pub fn component(&self) -> &[u8] {
        let mut files = self.files.iter();
        let found = files.find(|(name, _)| name.ends_with("/bin/main.wasm"));
        &found.expect("a component").1
    }

    /// Something that follows from the files, as `files_hash` does: what the
    /// platform's own command says of them.
    ///
    /// # Panics
    /// The command does not run.
    #[must_use]
    pub fn files_hash(&self) -> String {
        let files = Scratch::new();
        let path = files.path().join(&self.file);
        std::fs::write(&path, &self.bytes).expect("a file");
        let said = command(&["compute", "hash-files", "--package"], &path);
        let hash = said.lines().find(|line| line.trim().len() == 128);
        hash.unwrap_or_else(|| panic!("no hash in {said}")).trim().to_owned()
    }
}

/// What the platform's own command says about a file.
///
/// # Panics
/// It fails.
#[must_use]
pub fn command(arguments: &[&str], file: &Path) -> String {
    let program = packages().join(".bin/fastly");
    let home = Scratch::new();
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("NO_COLOR", "1")
        .output()
        .expect("it starts");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

/// The platform's engine, with a component and what `fastly.toml` says about the
/// place where it runs.
///
/// # Panics
/// It does not start.
#[must_use]
pub fn viceroy(component: &[u8], local_server: &str) -> Running {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let output = cargo()
            .current_dir(workspace())
            .args(["run", "--quiet", "--package", "xtask", "--", "viceroy"])
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "Viceroy cannot be had");
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
    });
    let files = Scratch::new();
    std::fs::write(files.path().join("main.wasm"), component).expect("a file");
    let manifest = format!("manifest_version = 3\nname = \"handler\"\n{local_server}");
    std::fs::write(files.path().join("fastly.toml"), manifest).expect("a file");
    let port = free_port();
    let mut command = Command::new(program);
    command
        .args(["serve", "-C", "fastly.toml", "--addr"])
        .arg(format!("127.0.0.1:{port}"))
        .arg("main.wasm");
    Running::start(command, files, port)
}
