//! From a lock to its one text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use run_files::Digest;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::{Digests, Granted, Lock, LockedPackage, LockedPlugin};

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut document = DocumentMut::new();
        if !self.toolchains.is_empty() {
            let pairs = self
                .toolchains
                .iter()
                .map(|(name, version)| (name, version.clone()));
            document.insert("toolchains", Item::Table(strings(pairs)));
        }
        for (key, digests) in [
            ("checksums", &self.checksums),
            ("installed", &self.installed),
        ] {
            if !digests.is_empty() {
                document.insert(key, Item::Table(self::digests(digests)));
            }
        }
        if !self.packages.is_empty() {
            let tables: ArrayOfTables = self.packages.iter().map(package).collect();
            document.insert("package", Item::ArrayOfTables(tables));
        }
        if !self.plugins.is_empty() {
            let tables: ArrayOfTables = self.plugins.iter().map(plugin).collect();
            document.insert("plugin", Item::ArrayOfTables(tables));
        }
        f.write_str(document.to_string().trim_start_matches('\n'))
    }
}

fn package(package: &LockedPackage) -> Table {
    let mut table = Table::new();
    table.insert("name", value(&package.name));
    table.insert("version", value(package.version.to_string()));
    table.insert("source", value(&package.source));
    table.insert("digest", value(package.digest.to_string()));
    table.insert("dependencies", value(array(&package.dependencies)));
    table
}

fn plugin(plugin: &LockedPlugin) -> Table {
    let mut table = Table::new();
    table.insert("name", value(plugin.name.as_str()));
    table.insert("package", value(&plugin.package));
    table.insert("version", value(plugin.version.to_string()));
    table.insert("source", value(&plugin.source));
    table.insert("digest", value(plugin.digest.to_string()));
    table.insert("api", value(&plugin.api));
    if let Some(publisher) = &plugin.publisher {
        table.insert("publisher", value(publisher));
    }
    table.insert("granted", Item::Table(granted(&plugin.granted)));
    table
}

fn granted(granted: &Granted) -> Table {
    let mut table = Table::new();
    for (key, set) in [
        ("tools", &granted.tools),
        ("env", &granted.env),
        ("directories", &granted.directories),
        ("source", &granted.source),
        ("hosts", &granted.hosts),
        ("credentials", &granted.credentials),
    ] {
        table.insert(key, value(array(set)));
    }
    table
}

/// On one line while it is short, else an element a line, so that a review of a
/// new grant shows the line that was added.
fn array(set: &BTreeSet<String>) -> Array {
    let mut array: Array = set.iter().collect();
    if set.len() > 1 {
        for element in array.iter_mut() {
            element.decor_mut().set_prefix("\n    ");
        }
        array.set_trailing_comma(true);
        array.set_trailing("\n");
    }
    array
}

fn digests(digests: &Digests) -> Table {
    let texts = |own: &BTreeMap<String, Digest>| {
        strings(own.iter().map(|(name, digest)| (name, digest.to_string())))
    };
    let mut table = texts(&digests.anywhere);
    table.set_implicit(digests.anywhere.is_empty());
    for (platform, own) in &digests.platforms {
        if !own.is_empty() {
            table.insert(platform, Item::Table(texts(own)));
        }
    }
    table
}

fn strings<'a>(pairs: impl Iterator<Item = (&'a String, String)>) -> Table {
    let mut table = Table::new();
    for (key, text) in pairs {
        table.insert(key, value(text));
    }
    table
}
