//! Everything that decides a build and is no file of the source tree, by name:
//! so that two builds can be compared, and what differs can be said.

use std::collections::BTreeMap;

use run_files::Digest;
use serde::{Deserialize, Serialize};

use crate::cause::{Cause, CauseKind};

/// What kind of fact it is. The names are part of the record's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum About {
    Run,
    Plugin,
    Component,
    Setting,
    Option,
    Variable,
    Outside,
    /// What a launcher answers by: of this machine only.
    Launcher,
}

/// Facts with their values: texts that may be shown, or digests of such that
/// may not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts(BTreeMap<About, BTreeMap<String, String>>);

impl Facts {
    /// A fact whose value can be shown.
    pub(crate) fn add(&mut self, about: About, name: &str, value: impl Into<String>) {
        let group = self.0.entry(about).or_default();
        group.insert(name.to_owned(), value.into());
    }

    /// A fact whose value is too large, or too private, to be kept.
    pub(crate) fn add_digest(&mut self, about: About, name: &str, value: Option<Digest>) {
        let value = value.map(|digest| digest.to_string()).unwrap_or_default();
        self.add(about, name, value);
    }

    /// A digest of all that are the same on every machine where they hold.
    pub(crate) fn digest(&self) -> Digest {
        let shared = self
            .0
            .iter()
            .filter(|(about, _)| **about != About::Launcher);
        let fields: Vec<String> = shared
            .flat_map(|(about, group)| {
                group
                    .iter()
                    .flat_map(move |(name, value)| [format!("{about:?} {name}"), value.clone()])
            })
            .collect();
        Digest::of_fields(fields.iter().map(String::as_bytes))
    }

    /// What differs from `before`, in words.
    pub(crate) fn changes_since(&self, before: &Self) -> Vec<Cause> {
        let mut causes = Vec::new();
        let none = BTreeMap::new();
        let kinds: std::collections::BTreeSet<_> = self.0.keys().chain(before.0.keys()).collect();
        for about in kinds {
            let (now, then) = (
                self.0.get(about).unwrap_or(&none),
                before.0.get(about).unwrap_or(&none),
            );
            let names: std::collections::BTreeSet<_> = now.keys().chain(then.keys()).collect();
            for name in names {
                let (new, old) = (now.get(name), then.get(name));
                if new != old {
                    let text = |value: Option<&String>| value.cloned().unwrap_or_default();
                    causes.push(sentence(*about, name, &text(old), &text(new)));
                }
            }
        }
        causes
    }
}

fn sentence(about: About, name: &str, old: &str, new: &str) -> Cause {
    let from_to = |what: String| match (old, new) {
        ("", new) => format!("{what} is now {new}"),
        (old, "") => format!("{what} is no longer {old}"),
        (old, new) => format!("{what} changed from {old} to {new}"),
    };
    let (kind, message) = match about {
        About::Run => (CauseKind::Run, from_to("the version of run".to_owned())),
        About::Plugin => (CauseKind::Plugin, format!("{name} changed")),
        About::Component => (CauseKind::Component, from_to(format!("the {name}"))),
        About::Setting => (CauseKind::Setting, from_to(format!("the setting `{name}`"))),
        About::Option => (CauseKind::Option, from_to(format!("the {name}"))),
        About::Variable => {
            let how = match (old, new) {
                ("", _) => "is set now",
                (_, "") => "is no longer set",
                _ => "has another value",
            };
            (CauseKind::Variable, format!("the variable `{name}` {how}"))
        }
        About::Outside => {
            let how = match (old, new) {
                ("", _) => "is new",
                (_, "") => "is gone",
                _ => "changed",
            };
            (CauseKind::Outside, format!("`{name}` {how}"))
        }
        About::Launcher => (CauseKind::Tool, format!("`{name}` changed")),
    };
    Cause::new(kind, name, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named_and_private_values_are_not() {
        let mut before = Facts::default();
        before.add(About::Option, "profile", "debug");
        before.add(About::Setting, "features", "[]");
        before.add_digest(About::Variable, "TOKEN", Some(Digest::of(b"one")));
        let mut now = Facts::default();
        now.add(About::Option, "profile", "release");
        now.add(About::Setting, "features", "[\"x\"]");
        now.add_digest(About::Variable, "TOKEN", Some(Digest::of(b"two")));
        now.add_digest(About::Outside, "../config", Some(Digest::of(b"")));
        let said: Vec<_> = now
            .changes_since(&before)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            said,
            [
                "the setting `features` changed from [] to [\"x\"]",
                "the profile changed from debug to release",
                "the variable `TOKEN` has another value",
                "`../config` is new",
            ]
        );
        assert!(now.changes_since(&now).is_empty());
    }

    #[test]
    fn what_only_this_machine_knows_is_not_in_the_digest() {
        let mut here = Facts::default();
        here.add(About::Option, "profile", "debug");
        let mut there = here.clone();
        there.add(About::Launcher, "$HOME/state", "x");
        assert_eq!(here.digest(), there.digest());
        there.add(About::Setting, "a", "x");
        assert_ne!(here.digest(), there.digest());
    }
}
