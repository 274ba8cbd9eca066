//! Paths as `run.toml` writes them: with `/` on every system.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::value::{ValueError, quoted};

/// A path in the project, relative to its root and normalised: no `.`, no `..`,
/// no double or trailing `/`. The root itself is `.`.
///
/// Normalised by its text alone: whether a link on the way leads elsewhere is
/// for whoever opens it to see.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelativePath(String);

impl RelativePath {
    /// Where components go unless `[build] output_dir` says otherwise.
    pub(crate) fn default_output() -> Self {
        Self("target/wasm".to_owned())
    }

    /// The path, with `/` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the project's root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0 == "."
    }

    /// Whether it is `ancestor` or lies below it.
    #[must_use]
    pub fn is_within(&self, ancestor: &Self) -> bool {
        ancestor.is_root()
            || self
                .0
                .strip_prefix(&ancestor.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The path on this system, below the project's `root`.
    #[must_use]
    pub fn to_path(&self, root: &Path) -> PathBuf {
        let mut path = root.to_owned();
        if !self.is_root() {
            path.extend(self.0.split('/'));
        }
        path
    }
}

impl FromStr for RelativePath {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check(text)?;
        if text.starts_with('/') || has_drive(text) {
            return Err(ValueError::new(
                format!("{} is absolute", quoted(text)),
                "write it relative to the directory of run.toml",
            ));
        }
        let mut parts = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    if parts.pop().is_none() {
                        return Err(ValueError::new(
                            format!("{} leaves the project", quoted(text)),
                            "name something below the directory of run.toml",
                        ));
                    }
                }
                name => parts.push(name),
            }
        }
        Ok(Self(match parts.as_slice() {
            [] => ".".to_owned(),
            parts => parts.join("/"),
        }))
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path on this machine that may lie outside the project: relative to its
/// root, or absolute. Kept as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalPath(String);

impl LocalPath {
    /// The path, with `/` between its parts.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path on this system, seen from the project's `root`.
    #[must_use]
    pub fn to_path(&self, root: &Path) -> PathBuf {
        root.join(&self.0)
    }
}

impl FromStr for LocalPath {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        check(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check(text: &str) -> Result<(), ValueError> {
    let error = |what: &str, help: &str| {
        Err(ValueError::new(
            format!("{} {what}", quoted(text)),
            help.to_owned(),
        ))
    };
    if text.is_empty() {
        return error("is not a path", "name a file or a directory");
    }
    if text.contains('\\') {
        return error(
            "has a backslash",
            "write `/` between directories, on Windows too",
        );
    }
    if text.chars().any(char::is_control) {
        return error("holds a control character", "rename the file");
    }
    if text == "~" || text.starts_with("~/") {
        return error(
            "starts at `~`, which is not expanded here",
            "write the path in full",
        );
    }
    Ok(())
}

/// `C:`, with or without a slash behind it: relative to nothing of ours.
fn has_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_normalised_and_stay_inside() {
        let cases = [
            ("src/lib.x", "src/lib.x"),
            ("./src//a/../lib.x", "src/lib.x"),
            ("src/", "src"),
            (".", "."),
            ("a/..", "."),
            ("..a/b..", "..a/b.."),
        ];
        for (text, normal) in cases {
            assert_eq!(
                text.parse::<RelativePath>().unwrap().as_str(),
                normal,
                "{text}"
            );
        }
        let bad = [
            "",
            "..",
            "../x",
            "a/../../x",
            "/etc",
            "//server/share",
            "C:/x",
            "c:x",
            "a\\b",
            "\\\\server",
            "a\0b",
            "a\nb",
            "~/x",
        ];
        for bad in bad {
            assert!(bad.parse::<RelativePath>().is_err(), "{bad}");
        }
    }

    #[test]
    fn within_goes_by_whole_names() {
        let path = |text: &str| text.parse::<RelativePath>().unwrap();
        assert!(path("src/a").is_within(&path("src")));
        assert!(path("src").is_within(&path("src")));
        assert!(path("src").is_within(&path(".")));
        assert!(!path("srcs").is_within(&path("src")));
        assert!(!path(".").is_within(&path("src")));
    }
}
