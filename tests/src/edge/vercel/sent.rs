//! What was sent, and what the platform's own command sends.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::Scratch;
use crate::edge::{Recorded, Request};

/// The requests that change something are those of the platform's own command,
/// in their order, with the same queries; and so is what they say, but for what
/// is ours.
///
/// # Panics
/// They differ.
pub fn assert_as_recorded(ours: &[Request], theirs: &[Recorded]) {
    let lines = |mut all: Vec<String>| {
        // One for each file, however many there are.
        all.dedup();
        all.join("\n")
    };
    let our: Vec<_> = ours.iter().filter(|r| r.method != "GET").collect();
    let their: Vec<_> = theirs.iter().filter(|r| r.changes()).collect();
    assert_eq!(
        lines(our.iter().map(|r| r.line()).collect()),
        lines(their.iter().map(|r| r.line()).collect())
    );
    let query: Vec<_> = their[0]
        .query
        .iter()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    assert_eq!(our[0].query, query);
    let (our, their) = (our[0].json(), &their[0].json);
    for (key, value) in their.as_object().expect("a body") {
        match key.as_str() {
            "meta" => assert!(our["meta"]["runDigest"].is_string()),
            "files" => {
                let keys = |files: &Value| -> Vec<String> {
                    files[0]
                        .as_object()
                        .expect("a file")
                        .keys()
                        .cloned()
                        .collect()
                };
                let (mut ours, mut theirs) = (keys(&our["files"]), keys(value));
                ours.sort();
                theirs.sort();
                assert_eq!(ours, theirs);
                assert_eq!(our["files"][0]["mode"], value[0]["mode"]);
            }
            _ => assert_eq!(our[key], *value, "{key}"),
        }
    }
}

/// What of a body is of the public SDK's type; the rest is what only the
/// platform's own command sends, and that it does is recorded.
///
/// # Panics
/// The command does not send it.
#[must_use]
pub fn public(mut body: Value, theirs: &Value) -> Value {
    for key in ["version", "source", "env", "build"] {
        assert!(
            theirs.get(key).is_some(),
            "{key} is not sent by the command"
        );
        body.as_object_mut().expect("an object").remove(key);
    }
    let setting = "sourceFilesOutsideRootDirectory";
    for file in body["files"].as_array_mut().expect("files") {
        file.as_object_mut().expect("a file").remove("mode");
    }
    assert!(theirs["projectSettings"].get(setting).is_some());
    body
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

/// A file that was sent.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it is below the project.
    pub path: String,
    /// All of it.
    pub bytes: Vec<u8>,
    /// As `st_mode` has it.
    pub mode: u32,
}

/// The files that were sent.
///
/// # Panics
/// One was not.
#[must_use]
pub fn files(requests: &[Request]) -> Vec<File> {
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
            let mode = file["mode"].as_u64().and_then(|mode| mode.try_into().ok());
            File {
                path: file["file"].as_str().expect("a path").to_owned(),
                bytes,
                mode: mode.expect("a mode"),
            }
        })
        .collect()
}

/// The function among these files, as a directory.
///
/// # Panics
/// It cannot be written.
#[must_use]
pub fn function(files: &[File]) -> Scratch {
    let function = Scratch::new();
    for file in files {
        let name = file
            .path
            .strip_prefix(".vercel/output/functions/index.func/");
        if let Some(name) = name {
            let path = function.path().join(name);
            std::fs::write(&path, &file.bytes).expect("a file");
            let mode = std::fs::Permissions::from_mode(file.mode & 0o777);
            std::fs::set_permissions(&path, mode).expect("its mode");
        }
    }
    function
}
