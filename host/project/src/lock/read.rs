//! From text to a lock.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use run_files::Digest;

use super::{Digests, Granted, Lock, LockedPackage, LockedPlugin};
use crate::problem::problem;
use crate::section::{Entry, Section};
use crate::spanned::Spanned;
use crate::value::{ValueError, sentence, version};

pub(super) fn lock(mut root: Section<'_>) -> Option<Lock> {
    let toolchains = map(root.take("toolchains"), |entry| entry.parse(sentence));
    let checksums = digests(root.take("checksums"));
    let installed = digests(root.take("installed"));
    let packages = root
        .take("package")
        .map(Entry::sections)
        .unwrap_or_default();
    let plugins = root.take("plugin").map(Entry::sections).unwrap_or_default();
    let mut lock = Lock {
        toolchains,
        checksums,
        installed,
        ..Lock::default()
    };
    for section in packages {
        if let Some(package) = package(section) {
            lock.set_package(package);
        }
    }
    for section in plugins {
        let problems = section.problems;
        if let Some((name_span, plugin)) = plugin(section) {
            if lock.plugin(plugin.name.as_str()).is_some() {
                let message = format!("the plugin `{}` is there twice", plugin.name);
                problems.error(
                    problem(problems.codes.duplicate, message, name_span)
                        .help("restore the file from version control"),
                );
            }
            lock.set_plugin(plugin);
        }
    }
    root.finish();
    Some(lock)
}

fn digests(entry: Option<Entry<'_>>) -> Digests {
    let mut digests = Digests::default();
    let Some(section) = entry.and_then(Entry::section) else {
        return digests;
    };
    for entry in section.entries() {
        let name = entry.key.value.to_owned();
        if entry.is_table() {
            let own = map(Some(entry), |entry| entry.parse(digest));
            digests.platforms.insert(name, own);
        } else if let Some(found) = entry.parse(digest) {
            digests.anywhere.insert(name, found.value);
        }
    }
    digests
}

fn package(mut section: Section<'_>) -> Option<LockedPackage> {
    let name = required(&mut section, "name", sentence);
    let version = required(&mut section, "version", version);
    let source = required(&mut section, "source", sentence);
    let digest = required(&mut section, "digest", digest);
    let dependencies = set(section.take("dependencies"));
    section.finish();
    Some(LockedPackage {
        name: name?.value,
        version: version?.value,
        source: source?.value,
        digest: digest?.value,
        dependencies,
    })
}

fn plugin(mut section: Section<'_>) -> Option<(std::ops::Range<usize>, LockedPlugin)> {
    let name = section.require("name").and_then(Entry::parsed);
    let package = required(&mut section, "package", sentence);
    let version = required(&mut section, "version", version);
    let source = required(&mut section, "source", sentence);
    let digest = required(&mut section, "digest", digest);
    let api = required(&mut section, "api", sentence);
    let publisher = section
        .take("publisher")
        .and_then(|entry| entry.parse(sentence));
    let granted = section
        .take("granted")
        .and_then(Entry::section)
        .map(granted);
    section.finish();
    let name: Spanned<_> = name?;
    let plugin = LockedPlugin {
        name: name.value,
        package: package?.value,
        version: version?.value,
        source: source?.value,
        digest: digest?.value,
        api: api?.value,
        publisher: publisher.map(|publisher| publisher.value),
        granted: granted.unwrap_or_default(),
    };
    Some((name.span, plugin))
}

fn granted(mut section: Section<'_>) -> Granted {
    let granted = Granted {
        tools: set(section.take("tools")),
        env: set(section.take("env")),
        directories: set(section.take("directories")),
        source: set(section.take("source")),
        hosts: set(section.take("hosts")),
        credentials: set(section.take("credentials")),
    };
    section.finish();
    granted
}

fn required<T>(
    section: &mut Section<'_>,
    key: &'static str,
    parse: impl FnOnce(&str) -> Result<T, ValueError>,
) -> Option<Spanned<T>> {
    section.require(key)?.parse(parse)
}

fn set(entry: Option<Entry<'_>>) -> BTreeSet<String> {
    let strings = entry.map(Entry::strings).unwrap_or_default();
    strings.into_iter().map(|text| text.value).collect()
}

fn map<'a, T>(
    entry: Option<Entry<'a>>,
    value: impl Fn(Entry<'a>) -> Option<Spanned<T>>,
) -> BTreeMap<String, T> {
    let Some(section) = entry.and_then(Entry::section) else {
        return BTreeMap::new();
    };
    let pairs = section.entries().filter_map(|entry| {
        let key = entry.key.value.to_owned();
        Some((key, value(entry)?.value))
    });
    pairs.collect()
}

fn digest(text: &str) -> Result<Digest, ValueError> {
    Digest::from_str(text).map_err(|error| {
        ValueError::new(error.to_string(), "restore the file from version control")
    })
}
