//! Everything a build depends on, so that the next one knows whether it has
//! anything to do.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::dep_info;
use crate::request::{SOURCE_TREE, text};

/// Files that change a build wherever they appear between the source tree's
/// root and the workspace.
const AMBIENT: [&str; 4] = [
    ".cargo/config.toml",
    ".cargo/config",
    "rust-toolchain.toml",
    "rust-toolchain",
];

/// Paths and patterns below `/src`. `dep_info` is the text of cargo's `.d`
/// file, relative to `/src`; `manifests` are the `Cargo.toml` of all packages
/// built; `whole` are packages whose build script did not say what it reads.
pub(crate) fn of_package(
    workspace_root: &Path,
    dep_info: &str,
    manifests: &BTreeSet<PathBuf>,
    whole: &BTreeSet<PathBuf>,
) -> Vec<String> {
    let tree = Path::new(SOURCE_TREE);
    let mut all: Vec<PathBuf> = dep_info::parse(dep_info)
        .iter()
        .map(|file| tree.join(file))
        .collect();
    all.push(workspace_root.join("Cargo.toml"));
    all.push(workspace_root.join("Cargo.lock"));
    for manifest in manifests {
        all.push(manifest.clone());
        // A build script that appears is run without being named.
        all.push(manifest.with_file_name("build.rs"));
    }
    let above = workspace_root
        .ancestors()
        .take_while(|directory| directory.starts_with(tree));
    for directory in above {
        all.extend(AMBIENT.iter().map(|file| directory.join(file)));
    }
    all.retain(|path| path.starts_with(tree));
    let mut patterns: Vec<_> = all.iter().map(|path| escaped(&text(path))).collect();
    let whole = whole.iter().filter(|package| package.starts_with(tree));
    patterns.extend(whole.map(|package| format!("{}/**", escaped(&text(package)))));
    patterns.sort();
    patterns.dedup();
    patterns
}

/// A path as a pattern that names only itself.
pub(crate) fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        match character {
            '*' | '?' | '[' | ']' | '{' | '}' => out.extend(['[', character, ']']),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_files_of_the_tree_and_those_that_may_appear() {
        let set = |paths: &[&str]| paths.iter().map(PathBuf::from).collect();
        let found = of_package(
            Path::new("/src/ws"),
            "x.wasm: ws/a/src/lib.rs ws/a/odd[1].rs /dirs/registry/dep/lib.rs\n",
            &set(&["/src/ws/a/Cargo.toml", "/dirs/registry/dep/Cargo.toml"]),
            &set(&["/src/ws/a", "/dirs/registry/dep"]),
        );
        for expected in [
            "/src/ws/a/src/lib.rs",
            "/src/ws/a/odd[[]1[]].rs",
            "/src/ws/a/Cargo.toml",
            "/src/ws/a/build.rs",
            "/src/ws/a/**",
            "/src/ws/Cargo.toml",
            "/src/ws/Cargo.lock",
            "/src/.cargo/config.toml",
            "/src/ws/.cargo/config.toml",
            "/src/ws/rust-toolchain.toml",
        ] {
            assert!(
                found.iter().any(|path| path == expected),
                "{expected} in {found:?}"
            );
        }
        assert!(found.iter().all(|path| path.starts_with("/src/")));
    }
}
