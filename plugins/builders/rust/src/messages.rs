//! Cargo's messages in JSON: what was built, what the compiler said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use run_plugin_api::{Diagnostic, Severity};
use serde::Deserialize;

use crate::diagnostic::{self, CompilerMessage};
use crate::metadata::Target;
use crate::source_map::SourceMap;
use crate::unit::Unit;

/// One line of cargo's standard output.
#[derive(Debug, Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    package_id: String,
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    message: Option<CompilerMessage>,
    out_dir: Option<PathBuf>,
}

/// Everything that one build's messages said.
#[derive(Debug)]
pub(crate) struct Messages {
    map: SourceMap,
    manifest: PathBuf,
    target: String,
    is_bin: bool,
    /// What was built for the unit.
    pub(crate) artifact: Option<PathBuf>,
    /// Every `Cargo.toml` by cargo's name for its package.
    manifests: BTreeMap<String, PathBuf>,
    /// Where each build script's output directory is, by the same name.
    scripts: BTreeMap<String, PathBuf>,
    reported: BTreeSet<String>,
    /// How many errors the compiler reported.
    pub(crate) errors: usize,
    /// Whether the compiler found no standard library for the target.
    pub(crate) target_missing: bool,
}

impl Messages {
    pub(crate) fn of(unit: &Unit) -> Self {
        Self {
            map: SourceMap::of(unit),
            manifest: unit.manifest.clone(),
            target: unit.target.clone(),
            is_bin: unit.bin.is_some(),
            artifact: None,
            manifests: BTreeMap::new(),
            scripts: BTreeMap::new(),
            reported: BTreeSet::new(),
            errors: 0,
            target_missing: false,
        }
    }

    /// Takes one line in; returns a diagnostic that was not seen before. Lines
    /// that are no messages, such as what a compiler plugin prints, are left.
    pub(crate) fn line(&mut self, line: &str) -> Option<Diagnostic> {
        let message: Message = serde_json::from_str(line).ok()?;
        match message.reason.as_str() {
            "compiler-message" => return self.diagnostic(&message.message?),
            "compiler-artifact" => self.built(message),
            "build-script-executed" => {
                self.scripts.insert(message.package_id, message.out_dir?);
            }
            _ => {}
        }
        None
    }

    /// The `Cargo.toml` of every package that was built.
    pub(crate) fn manifests(&self) -> BTreeSet<PathBuf> {
        self.manifests.values().cloned().collect()
    }

    /// Directories of packages whose build script did not say what it reads,
    /// and so may read anything of its package.
    pub(crate) fn opaque_packages(&self) -> BTreeSet<PathBuf> {
        let said = |out_dir: &Path| {
            std::fs::read_to_string(out_dir.with_file_name("output"))
                .is_ok_and(|output| output.contains(":rerun-if-"))
        };
        self.scripts
            .iter()
            .filter(|(_, out_dir)| !said(out_dir))
            .filter_map(|(id, _)| Some(self.manifests.get(id)?.parent()?.to_owned()))
            .collect()
    }

    fn built(&mut self, message: Message) {
        let (Some(manifest), Some(target)) = (message.manifest_path, message.target) else {
            return;
        };
        let own = manifest == self.manifest
            && target.name == self.target
            && target.is_bin() == self.is_bin
            && !target.is_build_script();
        if own {
            self.artifact = message.filenames.into_iter().find(|file| {
                file.extension()
                    .is_some_and(|extension| extension == "wasm")
            });
        }
        self.manifests.insert(message.package_id, manifest);
    }

    fn diagnostic(&mut self, message: &CompilerMessage) -> Option<Diagnostic> {
        if message.names_missing_target() {
            self.target_missing = true;
            return None;
        }
        let diagnostic = diagnostic::convert(message, &self.map)?;
        // The same source is compiled more than once where a package has
        // several targets.
        if !self.reported.insert(format!("{diagnostic:?}")) {
            return None;
        }
        if diagnostic.severity == Severity::Error {
            self.errors += 1;
        }
        Some(diagnostic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit;

    fn read(json: &str) -> (Messages, Vec<Diagnostic>) {
        let unit = Unit {
            manifest: "/src/Cargo.toml".into(),
            target: "rec".into(),
            ..unit::sample()
        };
        let mut messages = Messages::of(&unit);
        let diagnostics = json
            .lines()
            .filter_map(|line| messages.line(line))
            .collect();
        (messages, diagnostics)
    }

    #[test]
    fn a_build_names_its_artifact_and_packages() {
        let built = include_str!("../tests/data/built.jsonl");
        let (messages, diagnostics) = read(&format!("not json\n{built}{built}"));
        assert_eq!(
            messages.artifact.as_deref(),
            Some(Path::new("/cache/target/0/wasm32-wasip2/debug/rec.wasm"))
        );
        assert_eq!(
            messages.manifests(),
            BTreeSet::from(["/src/Cargo.toml".into()])
        );
        assert_eq!(messages.opaque_packages(), BTreeSet::from(["/src".into()]));
        assert_eq!(diagnostics.len(), 1, "the second run repeats the first");
        assert_eq!(messages.errors, 0);
    }

    #[test]
    fn a_rejected_build_has_errors_and_no_artifact() {
        let (messages, diagnostics) = read(include_str!("../tests/data/rejected.jsonl"));
        assert_eq!(messages.artifact, None);
        assert_eq!((messages.errors, diagnostics.len()), (4, 4));
    }

    #[test]
    fn a_missing_target_is_not_the_sources_fault() {
        let (messages, diagnostics) = read(
            r#"{"reason":"compiler-message","message":{"message":"can't find crate for `core`","code":{"code":"E0463"},"level":"error","spans":[],"children":[]}}"#,
        );
        assert!(messages.target_missing);
        assert_eq!((messages.errors, diagnostics.len()), (0, 0));
    }
}
