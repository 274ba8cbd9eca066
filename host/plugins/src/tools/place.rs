//! Where a tool may be, in the order in which it is looked for: installed for
//! the project by `run`, in the project as its own package manager left it, and
//! on `PATH`.

use std::fs;
use std::path::{Path, PathBuf};

use super::release;
use crate::manifest::{Package, Tool as Declared};

/// Below a project's directory: what `toolchain install` installs.
pub const INSTALLED: &str = ".run/toolchains";

/// Where a tool was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this directory of [`INSTALLED`].
    Installed(PathBuf),
    /// In the project, where the manifest's `project` says.
    Project,
    /// On the user's `PATH`, or where a launcher found there says.
    Path,
}

/// The directory that a program of a version is installed in.
#[must_use]
pub fn installed_name(program: &str, version: &str) -> String {
    format!("{program}-{version}")
}

/// The program as `toolchain install` left it, and the directory of its own: in
/// the version that is pinned, else in the newest that is accepted, else in the
/// newest.
pub(super) fn installed(
    project: &Path,
    tool: &Declared,
    pinned: Option<&str>,
) -> Option<(PathBuf, PathBuf)> {
    if tool.packages.is_empty() {
        return None;
    }
    let mut found: Vec<_> = fs::read_dir(project.join(INSTALLED))
        .ok()?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name();
            let version = name
                .to_str()?
                .strip_prefix(&tool.program)?
                .strip_prefix('-')?;
            let number = release(version)?;
            let dir = fs::canonicalize(entry.path()).ok()?;
            let program = inside(tool, &dir)?;
            let fits = tool.accepts.as_ref().is_none_or(|a| a.matches(&number));
            Some(((pinned == Some(version), fits, number), program, dir))
        })
        .collect();
    found.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    found.pop().map(|(_, program, dir)| (program, dir))
}

/// The tool's program below the directory that one of its packages is in. What
/// leads out of the directory is not taken.
fn inside(tool: &Declared, dir: &Path) -> Option<PathBuf> {
    tool.packages
        .iter()
        .find_map(|package| program_of(package, dir))
}

pub(super) fn program_of(package: &Package, dir: &Path) -> Option<PathBuf> {
    fs::canonicalize(dir.join(&package.program))
        .ok()
        .filter(|path| path.starts_with(dir) && is_executable(path))
}

/// The program that the project has itself, nearest to the source first. One
/// that leads out of the source tree is not the project's.
pub(super) fn in_project(root: &Path, source: &Path, tool: &Declared) -> Option<PathBuf> {
    let relative = tool.project.as_ref()?;
    source
        .ancestors()
        .take_while(|dir| dir.starts_with(root))
        .map(|dir| dir.join(relative))
        .filter_map(|path| fs::canonicalize(path).ok())
        .find(|path| path.starts_with(root) && is_executable(path))
}

pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(program))
        .find(|path| is_executable(path))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(unix)]
pub(super) fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => a.dev() == b.dev() && a.ino() == b.ino(),
        _ => false,
    }
}

#[cfg(not(unix))]
pub(super) fn same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn program(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "#!/bin/sh").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn tool() -> Declared {
        toml::from_str(
            "id = 'elmc'\nprogram = 'elmc'\nwhy = ''\nproject = 'mods/.bin/elmc'\naccepts = '^1.2'
             [[package]]\nmanager = 'm'\nname = 'elm'\nprogram = 'bin/elmc'",
        )
        .unwrap()
    }

    #[test]
    fn the_pinned_version_then_the_newest_accepted_one() {
        let scratch = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(scratch.path()).unwrap();
        assert_eq!(installed(&root, &tool(), None), None);
        for version in ["1.2.0", "1.10.0", "2.0.0"] {
            program(&root.join(format!("{INSTALLED}/elmc-{version}/bin/elmc")));
        }
        // Of another tool, and one that was never finished.
        program(&root.join(format!("{INSTALLED}/elmc-fmt-3.0.0/bin/elmc")));
        fs::create_dir(root.join(INSTALLED).join("elmc-1.11.0")).unwrap();
        let version = |pinned| {
            let (path, dir) = installed(&root, &tool(), pinned).unwrap();
            assert!(path.starts_with(&dir));
            dir.file_name().unwrap().to_str().unwrap().to_owned()
        };
        assert_eq!(version(None), "elmc-1.10.0");
        assert_eq!(version(Some("1.2.0")), "elmc-1.2.0");
        assert_eq!(version(Some("2.0.0")), "elmc-2.0.0");
        assert_eq!(version(Some("1.3.0")), "elmc-1.10.0");
    }

    #[test]
    fn nearest_to_the_source_and_not_outside_the_tree() {
        let scratch = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(scratch.path()).unwrap().join("tree");
        let source = root.join("web/src/main.elm");
        program(&root.join("mods/.bin/elmc"));
        program(&source);
        program(&root.join("../mods/.bin/elmc"));
        let found = || in_project(&root, &source, &tool());
        assert_eq!(found(), Some(root.join("mods/.bin/elmc")));
        program(&root.join("web/mods/elm/elmc"));
        fs::create_dir_all(root.join("web/mods/.bin")).unwrap();
        symlink("../elm/elmc", root.join("web/mods/.bin/elmc")).unwrap();
        assert_eq!(found(), Some(root.join("web/mods/elm/elmc")));
        fs::remove_file(root.join("web/mods/.bin/elmc")).unwrap();
        symlink("/bin/sh", root.join("web/mods/.bin/elmc")).unwrap();
        assert_eq!(found(), Some(root.join("mods/.bin/elmc")));
        fs::remove_file(root.join("mods/.bin/elmc")).unwrap();
        assert_eq!(found(), None);
    }
}
