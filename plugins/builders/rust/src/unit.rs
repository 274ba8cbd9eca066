//! The one target that is compiled, and where its compiled files are kept.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use run_plugin_api::process::Command;

use crate::cargo;
use crate::hidden::Hidden;
use crate::request::{Request, SOURCE_TREE};
use crate::select::Selected;

/// What cargo is told to build.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// The package's name, for messages.
    pub(crate) package: String,
    pub(crate) manifest: PathBuf,
    /// The working directory of every cargo: where `Cargo.lock` is.
    pub(crate) workspace_root: PathBuf,
    /// The library, or the binary of this name.
    pub(crate) bin: Option<String>,
    /// The target's name in cargo's messages.
    pub(crate) target: String,
    /// Where cargo keeps compiled files.
    pub(crate) target_dir: PathBuf,
    /// Where the package was made up around a file of its own.
    pub(crate) hidden: Option<Hidden>,
}

impl Unit {
    /// The unit of a package that the user wrote.
    pub(crate) fn of_package(root: &Path, selected: Selected<'_>, request: &Request) -> Self {
        let Selected { package, target } = selected;
        Self {
            package: package.name.clone(),
            manifest: package.manifest_path.clone(),
            workspace_root: root.to_owned(),
            bin: target.is_bin().then(|| target.name.clone()),
            target: target.name.clone(),
            target_dir: request.cache.join("target").join(key(root, request)),
            hidden: None,
        }
    }

    /// The unit of a package made up around a file.
    pub(crate) fn of_hidden(hidden: Hidden, request: &Request) -> Self {
        let shared = if request.reproducible {
            "hidden-reproducible"
        } else {
            "hidden"
        };
        // `a-b` and `a_b` are one crate name: only one of them may share.
        let directory = match request.name.contains('_') {
            true => format!("{shared}-{}", request.name),
            false => shared.to_owned(),
        };
        Self {
            package: hidden.package.clone(),
            manifest: hidden.directory.join("Cargo.toml"),
            workspace_root: hidden.directory.clone(),
            bin: hidden.is_bin.then(|| hidden.target.clone()),
            target: hidden.target.clone(),
            target_dir: request.cache.join("target").join(directory),
            hidden: Some(hidden),
        }
    }

    /// A cargo command on this unit's package.
    pub(crate) fn command(&self, subcommand: &str) -> Command {
        cargo::command(subcommand, &self.workspace_root)
            .env("CARGO_TARGET_DIR", self.target_dir.as_path())
            .env("CARGO_BUILD_BUILD_DIR", self.target_dir.as_path())
            .env("CARGO_BUILD_DEP_INFO_BASEDIR", Path::new(SOURCE_TREE))
    }
}

/// A name for one workspace built one way. Cargo tells packages apart by their
/// path relative to the workspace and gives a component's file no other name
/// than its target's, so two workspaces, or two sets of features, in one
/// directory would be taken for each other.
fn key(root: &Path, request: &Request) -> String {
    let mut hasher = DefaultHasher::new();
    (
        root,
        &request.features,
        request.default_features,
        request.reproducible,
    )
        .hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
pub(crate) fn sample() -> Unit {
    Unit {
        package: "a".into(),
        manifest: "/src/a/Cargo.toml".into(),
        workspace_root: "/src".into(),
        bin: None,
        target: "a".into(),
        target_dir: "/cache/target/0".into(),
        hidden: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn builds_that_differ_share_no_directory() {
        let root = Path::new("/src");
        let plain = request::sample();
        let mut keys = vec![
            key(root, &plain),
            key(Path::new("/src/other"), &plain),
            key(
                root,
                &Request {
                    features: vec!["a".into()],
                    ..plain.clone()
                },
            ),
            key(
                root,
                &Request {
                    default_features: false,
                    ..plain.clone()
                },
            ),
            key(
                root,
                &Request {
                    reproducible: true,
                    ..plain.clone()
                },
            ),
        ];
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 5);
        assert_eq!(
            key(root, &plain),
            key(
                root,
                &Request {
                    release: true,
                    ..plain.clone()
                }
            )
        );
    }
}
