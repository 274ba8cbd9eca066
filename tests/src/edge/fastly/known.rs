//! That nothing is sent which the platform's own command does not send.

use std::collections::BTreeSet;

use super::form;
use crate::edge::{Recorded, Request, recorded};

/// What stands before the name or number of one thing.
const LISTS: &[&str] = &[
    "service", "version", "domain", "backend", "resource", "config", "secret", "kv", "item",
];

/// What cannot be recorded, with its fields as Fastly's Go client has them: the
/// command encrypts a secret first, for a key that only the platform can sign.
const SECRET: (&str, &[&str]) = (
    "PUT /resources/stores/secret/*/secrets",
    &["name", "secret"],
);

/// What the command sends only to a backend that is there, `--use-ssl` or not. It
/// is said here from the start, so that nothing depends on what the platform
/// takes for granted.
const BACKEND: (&str, &[&str]) = ("POST /service/*/version/*/backend", &["use_ssl"]);

/// Each of these requests has the verb and the path of a recorded one, whatever it
/// is about, and no field that none of those has.
///
/// # Panics
/// One has not.
#[track_caller]
pub fn assert_known(sent: &[Request]) {
    let theirs: Vec<Recorded> = ["first", "again", "single"]
        .iter()
        .flat_map(|run| recorded("fastly", run))
        .collect();
    for request in sent.iter().filter(|request| request.method != "GET") {
        let line = shape(&request.line());
        let same: Vec<_> = theirs.iter().filter(|r| shape(&r.line()) == line).collect();
        assert!(
            !same.is_empty() || line == SECRET.0,
            "nobody but us sends `{line}`"
        );
        let mut known: BTreeSet<_> = same.iter().flat_map(|r| fields(r)).collect();
        let ours_alone = [SECRET, BACKEND].into_iter().filter(|(of, _)| *of == line);
        known.extend(ours_alone.flat_map(|(_, names)| names.iter().map(|n| (*n).to_owned())));
        let ours: BTreeSet<_> = sent_fields(request).into_iter().collect();
        let more: Vec<_> = ours.difference(&known).collect();
        assert!(more.is_empty(), "nobody but us sends {more:?} to `{line}`");
    }
}

/// A line without names and numbers.
fn shape(line: &str) -> String {
    let mut steps: Vec<_> = line.split('/').collect();
    for at in 1..steps.len() {
        // `PUT /service/…`: the verb is a part of the first step.
        if LISTS.contains(&steps[at - 1]) && !LISTS.contains(&steps[at]) {
            steps[at] = "*";
        }
    }
    steps.join("/")
}

fn fields(recorded: &Recorded) -> Vec<String> {
    let json = recorded.json.as_object().into_iter().flatten();
    json.chain(&recorded.form)
        .map(|(name, _)| name.clone())
        .collect()
}

fn sent_fields(request: &Request) -> Vec<String> {
    let is_json = request.header("content-type") == Some("application/json");
    match is_json {
        true => {
            let json = request.json();
            let fields = json.as_object().into_iter().flatten();
            fields.map(|(name, _)| name.clone()).collect()
        }
        false => form(request).into_iter().map(|(name, _)| name).collect(),
    }
}
