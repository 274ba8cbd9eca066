//! `deny.toml`, checked without a network: what `cargo deny check licenses bans
//! sources` would say. Advisories need their database; run `cargo deny check`
//! where it can be had.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;

use crate::step::{self, Result};
use crate::tools;

#[derive(Deserialize)]
struct Policy {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

pub(crate) fn run() -> Result {
    let path = step::root().join("deny.toml");
    let text = fs::read_to_string(&path).map_err(|error| format!("deny.toml: {error}"))?;
    let policy: Policy = toml::from_str(&text).map_err(|error| format!("deny.toml: {error}"))?;
    println!("$ cargo metadata, against deny.toml");
    let metadata = step::capture(step::cargo().args([
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        "x86_64-unknown-linux-gnu",
        // What plugins are made of.
        "--filter-platform",
        tools::TARGET,
    ]))?;
    let metadata: Metadata =
        serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let problems = check(&policy, &metadata.packages);
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!(
        "dependencies break deny.toml:\n  {}",
        problems.join("\n  ")
    ))
}

fn check(policy: &Policy, packages: &[Package]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions
            .entry(&package.name)
            .or_default()
            .insert(&package.version);
        if let Some(source) = &package.source
            && !source.starts_with("registry+")
        {
            problems.push(format!("{} comes from {source}", package.name));
        }
        if package.source.is_none() {
            continue;
        }
        let license = package.license.as_deref().unwrap_or("");
        let exception = policy
            .licenses
            .exceptions
            .iter()
            .find(|e| e.name == package.name);
        let allowed = |id: &str| {
            policy.licenses.allow.contains(id) || exception.is_some_and(|e| e.allow.contains(id))
        };
        if !satisfied(license, &allowed) {
            problems.push(format!(
                "{} {} is licensed `{license}`",
                package.name, package.version
            ));
        }
    }
    for (name, versions) in &versions {
        if versions.len() > 1 && !policy.bans.skip.iter().any(|skip| skip.name == **name) {
            let versions: Vec<_> = versions.iter().copied().collect();
            problems.push(format!(
                "{name} is there in versions {}",
                versions.join(", ")
            ));
        }
    }
    for skip in &policy.bans.skip {
        if versions
            .get(skip.name.as_str())
            .is_none_or(|versions| versions.len() < 2)
        {
            problems.push(format!(
                "deny.toml skips {}, which has no duplicate",
                skip.name
            ));
        }
    }
    problems
}

/// Whether an SPDX expression (of `OR`, `AND`, `WITH` and parentheses) can be
/// met by allowed licences.
fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any_of(&tokens, &mut at, allowed);
    met && at == tokens.len()
}

fn any_of(tokens: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = all_of(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(tokens, at, allowed);
    }
    met
}

fn all_of(tokens: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(tokens, at, allowed);
    }
    met
}

fn one(tokens: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    match tokens.get(*at) {
        Some(&"(") => {
            *at += 1;
            let met = any_of(tokens, at, allowed);
            *at += 1;
            met
        }
        Some(id) => {
            *at += 1;
            if tokens.get(*at) == Some(&"WITH") {
                let with = format!("{id} WITH {}", tokens.get(*at + 1).unwrap_or(&""));
                *at += 2;
                return allowed(&with) || allowed(id);
            }
            allowed(id)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    #[test]
    fn expressions() {
        let allowed = |id: &str| ["MIT", "Apache-2.0", "Unicode-3.0"].contains(&id);
        for (expression, met) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0 OR MIT", true),
            ("(MIT OR GPL-3.0) AND Unicode-3.0", true),
            ("MIT AND GPL-3.0", false),
            ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", true),
            ("", false),
            ("MIT )", false),
        ] {
            assert_eq!(satisfied(expression, &allowed), met, "{expression}");
        }
    }
}
