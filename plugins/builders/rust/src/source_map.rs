//! From the paths cargo prints to those the user knows.

use std::path::{Path, PathBuf};

use crate::request::{SOURCE_TREE, normal, text};
use crate::unit::Unit;

/// Resolves paths of one build's messages.
#[derive(Debug, Clone)]
pub(crate) struct SourceMap {
    /// What relative paths are relative to.
    base: PathBuf,
    /// Directories of copies, and where the originals are.
    copies: Vec<(PathBuf, PathBuf)>,
}

impl SourceMap {
    pub(crate) fn of(unit: &Unit) -> Self {
        let copies = unit.hidden.iter().flat_map(|hidden| {
            [
                (hidden.directory.join("src"), hidden.original.clone()),
                (hidden.directory.join("wit"), PathBuf::from("/wit")),
            ]
        });
        Self {
            base: unit.workspace_root.clone(),
            copies: copies.collect(),
        }
    }

    /// The user's own file behind a printed path; none where it is somebody
    /// else's, such as a dependency's.
    pub(crate) fn own(&self, printed: &str) -> Option<String> {
        let path = normal(&self.base.join(printed));
        let path = self
            .copies
            .iter()
            .find_map(|(copy, original)| Some(original.join(path.strip_prefix(copy).ok()?)))
            .unwrap_or(path);
        let own = [SOURCE_TREE, "/wit"]
            .iter()
            .any(|root| path.starts_with(Path::new(root)));
        own.then(|| text(&path))
    }
}

#[cfg(test)]
pub(crate) fn sample() -> SourceMap {
    SourceMap {
        base: "/src".into(),
        copies: vec![("/cache/hidden/x/src".into(), "/src/lone".into())],
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_the_users_files_are_named() {
        let map = super::sample();
        for (printed, expected) in [
            ("crates/a/src/lib.rs", Some("/src/crates/a/src/lib.rs")),
            ("/src/crates/../b.rs", Some("/src/b.rs")),
            ("/cache/hidden/x/src/deep/m.rs", Some("/src/lone/deep/m.rs")),
            ("/cache/target/debug/build/x/out/gen.rs", None),
            ("/dirs/registry/src/dep/lib.rs", None),
            ("../outside.rs", None),
            ("/rustc/abc/library/core/src/macros.rs", None),
        ] {
            assert_eq!(map.own(printed).as_deref(), expected, "{printed}");
        }
    }
}
