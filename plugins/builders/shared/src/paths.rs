//! Guest paths, which are UTF-8 and separated by `/`.

use std::path::{Component, Path, PathBuf};

/// The directory that the host shows the source tree in.
pub const SOURCE_TREE: &str = "/src";

/// The path as text.
#[must_use]
pub fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The path with `.` and `..` worked out, without asking the file system.
#[must_use]
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The way from one directory to another, both absolute and [`normal`].
#[must_use]
pub fn relative(from: &Path, to: &Path) -> PathBuf {
    let common = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(to.components().skip(common)).collect();
    if path.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        path
    }
}

/// The path as a pattern for [`Job::depends_on`](run_plugin_api::Job) that
/// means only itself.
#[must_use]
pub fn escaped(path: &Path) -> String {
    text(path)
        .chars()
        .flat_map(|c| {
            let special = matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\');
            special.then_some('\\').into_iter().chain([c])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_worked_out_as_text() {
        assert_eq!(normal(Path::new("/src/a/../b/./c")), Path::new("/src/b/c"));
        for (from, to, expected) in [
            ("/src/a", "/src/a", "."),
            ("/src/a/b", "/src/c", "../../c"),
            ("/src", "/src/x/y", "x/y"),
        ] {
            let found = relative(Path::new(from), Path::new(to));
            assert_eq!(found, Path::new(expected));
        }
        assert_eq!(escaped(Path::new("/src/[a]/b*")), "/src/\\[a\\]/b\\*");
    }
}
