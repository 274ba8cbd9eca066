//! Packages and targets, as `cargo metadata` describes them: what belongs to
//! what is cargo's to say.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::cargo;
use crate::request::normal;
use crate::stderr::Said;

/// A workspace: one package at least, unless it is virtual and empty.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    /// Where `Cargo.lock` is.
    pub(crate) workspace_root: PathBuf,
}

/// A package of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) targets: Vec<Target>,
    #[serde(default)]
    pub(crate) default_run: Option<String>,
    #[serde(default)]
    metadata: Option<Extra>,
}

/// `[package.metadata]`, where any tool may keep what it likes.
#[derive(Debug, Deserialize)]
struct Extra {
    component: Option<IgnoredAny>,
}

/// A library, binary, build script or other unit of a package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    kind: Vec<String>,
    crate_types: Vec<String>,
    src_path: PathBuf,
}

impl Metadata {
    /// Asks cargo about the package or workspace of a `Cargo.toml`.
    pub(crate) fn of(manifest: &Path) -> Result<Self> {
        let directory = manifest.parent().unwrap_or(manifest);
        let output = cargo::command("metadata", directory)
            .args([
                "--format-version=1",
                "--no-deps",
                "--offline",
                "--manifest-path",
            ])
            .arg(manifest)
            .run()?;
        if !output.exit.success() {
            let said = Said::of(&output.stderr);
            return Err(match said.errors() {
                "" => Error::failed(format!("`cargo metadata` {}", output.exit)),
                text => Error::invalid_input(text),
            });
        }
        Self::parse(&output.stdout)
    }

    fn parse(json: &str) -> Result<Self> {
        let metadata: Self = serde_json::from_str(json).map_err(|error| {
            Error::unsupported(format!(
                "`cargo metadata` answered in an unknown form: {error}"
            ))
        })?;
        let root = &metadata.workspace_root;
        if !root.starts_with(crate::request::SOURCE_TREE) {
            return Err(Error::unsupported(format!(
                "the workspace `{}` lies outside the project's repository",
                root.display()
            ))
            .with_help("put the project and its workspace into one version-controlled directory"));
        }
        Ok(metadata)
    }

    /// The package of this `Cargo.toml`; none where it is a workspace only.
    pub(crate) fn package_of(&self, manifest: &Path) -> Option<&Package> {
        self.packages
            .iter()
            .find(|package| package.manifest_path == manifest)
    }
}

impl Package {
    /// The target this source file is the root of.
    pub(crate) fn target_of(&self, file: &Path) -> Option<&Target> {
        self.targets.iter().find(|target| {
            (target.is_library() || target.is_bin()) && normal(&target.src_path) == file
        })
    }

    pub(crate) fn directory(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }

    /// Whether its bindings are written by `cargo component`.
    pub(crate) fn is_cargo_component(&self) -> bool {
        self.metadata
            .as_ref()
            .is_some_and(|extra| extra.component.is_some())
    }
}

impl Target {
    pub(crate) fn is_bin(&self) -> bool {
        self.kind.iter().any(|kind| kind == "bin")
    }

    /// A library of any kind that other code links or that is linked.
    pub(crate) fn is_library(&self) -> bool {
        const KINDS: [&str; 5] = ["lib", "rlib", "dylib", "cdylib", "staticlib"];
        self.kind.iter().any(|kind| KINDS.contains(&kind.as_str()))
    }

    /// A library that becomes a component.
    pub(crate) fn is_cdylib(&self) -> bool {
        self.crate_types.iter().any(|kind| kind == "cdylib")
    }

    pub(crate) fn is_build_script(&self) -> bool {
        self.kind.iter().any(|kind| kind == "custom-build")
    }
}

#[cfg(test)]
pub(crate) fn sample() -> Metadata {
    Metadata::parse(include_str!("../tests/data/metadata.json")).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_belong_to_the_targets_cargo_names() {
        let metadata = sample();
        assert_eq!(metadata.workspace_root, Path::new("/src"));
        let package = metadata
            .package_of(Path::new("/src/crates/api/Cargo.toml"))
            .unwrap();
        for (file, target) in [
            ("/src/crates/api/src/lib.rs", Some("api")),
            ("/src/crates/api/src/bin/serve.rs", Some("serve")),
            ("/src/crates/api/src/routes.rs", None),
            ("/src/crates/api/build.rs", None),
        ] {
            let found = package
                .target_of(Path::new(file))
                .map(|target| target.name.as_str());
            assert_eq!(found, target, "{file}");
        }
        assert!(package.is_cargo_component());
        assert!(metadata.package_of(Path::new("/src/Cargo.toml")).is_none());
    }

    #[test]
    fn a_workspace_out_of_reach_is_refused() {
        let json = r#"{"packages":[],"workspace_root":"/home/u"}"#;
        let error = Metadata::parse(json).unwrap_err();
        assert!(
            error.message().contains("outside the project's repository"),
            "{error}"
        );
        assert!(Metadata::parse("{}").is_err());
    }
}
