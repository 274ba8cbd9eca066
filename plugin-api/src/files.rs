//! File work that plugins share, with errors that name the path.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Reads a UTF-8 file.
///
/// # Errors
/// It cannot be read or is not UTF-8.
pub fn read_to_string(path: impl AsRef<Path>) -> Result<String> {
    let path = path.as_ref();
    fs::read_to_string(path).map_err(|error| Error::file("read", path, &error))
}

/// Writes a file and the directories it is in.
///
/// # Errors
/// One of them cannot be written.
pub fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Result<()> {
    let path = path.as_ref();
    if let Some(parent) = path.parent() {
        create_dir(parent)?;
    }
    fs::write(path, contents).map_err(|error| Error::file("write", path, &error))
}

/// As [`write`], but leaves a file alone that already has these contents, so
/// that a tool which looks at its time does no work.
///
/// # Errors
/// As [`write`].
pub fn write_if_changed(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Result<()> {
    let (path, contents) = (path.as_ref(), contents.as_ref());
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    write(path, contents)
}

/// Copies one file, and makes the directories it goes to.
///
/// # Errors
/// It cannot be read or written.
pub fn copy(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<()> {
    let (from, to) = (from.as_ref(), to.as_ref());
    if let Some(parent) = to.parent() {
        create_dir(parent)?;
    }
    fs::copy(from, to).map_err(|error| Error::file("copy", from, &error))?;
    Ok(())
}

/// Makes a directory and those it is in.
///
/// # Errors
/// It cannot be made.
pub fn create_dir(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    fs::create_dir_all(path).map_err(|error| Error::file("create", path, &error))
}

/// The nearest directory with a file called `name`, from `start` upwards and no
/// further than `top`, which is looked at too.
#[must_use]
pub fn find_upwards(start: &Path, name: &str, top: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .take_while(|directory| directory.starts_with(top))
        .find(|directory| directory.join(name).is_file())
        .map(Path::to_path_buf)
}

/// Makes `to` hold the files below `from` that `wanted` names, and nothing
/// else; unchanged files keep their time. `wanted` is asked about every file
/// and directory, with its path relative to `from`; what is below a directory
/// it refuses is left out.
///
/// # Errors
/// A file or directory cannot be read or written.
pub fn mirror(
    from: &Path,
    to: &Path,
    wanted: &dyn Fn(&Path, FileKind) -> bool,
) -> Result<Vec<PathBuf>> {
    let mut kept = Vec::new();
    mirror_directory(from, to, Path::new(""), wanted, &mut kept)?;
    remove_others(to, Path::new(""), &kept)?;
    Ok(kept)
}

/// What a directory entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
}

fn mirror_directory(
    from: &Path,
    to: &Path,
    below: &Path,
    wanted: &dyn Fn(&Path, FileKind) -> bool,
    kept: &mut Vec<PathBuf>,
) -> Result<()> {
    for (name, kind) in entries(&from.join(below))? {
        let relative = below.join(name);
        if !wanted(&relative, kind) {
            continue;
        }
        match kind {
            FileKind::Directory => mirror_directory(from, to, &relative, wanted, kept)?,
            FileKind::File => {
                let source = from.join(&relative);
                let contents =
                    fs::read(&source).map_err(|error| Error::file("read", &source, &error))?;
                write_if_changed(to.join(&relative), contents)?;
                kept.push(relative);
            }
        }
    }
    Ok(())
}

fn remove_others(to: &Path, below: &Path, kept: &[PathBuf]) -> Result<()> {
    let directory = to.join(below);
    if !directory.is_dir() {
        return Ok(());
    }
    for (name, kind) in entries(&directory)? {
        let relative = below.join(name);
        let path = to.join(&relative);
        let removed = match kind {
            FileKind::Directory if kept.iter().any(|file| file.starts_with(&relative)) => {
                remove_others(to, &relative, kept)?;
                continue;
            }
            FileKind::Directory => fs::remove_dir_all(&path),
            FileKind::File if kept.contains(&relative) => continue,
            FileKind::File => fs::remove_file(&path),
        };
        removed.map_err(|error| Error::file("remove", &path, &error))?;
    }
    Ok(())
}

/// Files and directories in name order. A link to a file is that file; a link
/// to a directory is left out, for it may lead back to where it stands.
fn entries(directory: &Path) -> Result<Vec<(String, FileKind)>> {
    let fail = |error| Error::file("list", directory, &error);
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if entry.file_type().map_err(fail)?.is_dir() {
            all.push((name, FileKind::Directory));
        } else if entry.path().is_file() {
            all.push((name, FileKind::File));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_follows_its_original() {
        let temp = tempfile::tempdir().unwrap();
        let (from, to) = (temp.path().join("from"), temp.path().join("to"));
        for file in ["a.elm", "b/c.elm", "b/skip.txt", "target/d.elm"] {
            write(from.join(file), file).unwrap();
        }
        write(to.join("old/stale.elm"), "").unwrap();
        let wanted = |path: &Path, kind| match kind {
            FileKind::Directory => !path.ends_with("target"),
            FileKind::File => path.extension().is_some_and(|e| e == "elm"),
        };
        let kept = mirror(&from, &to, &wanted).unwrap();
        assert_eq!(kept, [PathBuf::from("a.elm"), PathBuf::from("b/c.elm")]);
        assert!(to.join("b/c.elm").is_file());
        assert!(!to.join("old").exists() && !to.join("b/skip.txt").exists());

        let time = |file: &str| fs::metadata(to.join(file)).unwrap().modified().unwrap();
        let before = time("a.elm");
        fs::remove_file(from.join("b/c.elm")).unwrap();
        mirror(&from, &to, &wanted).unwrap();
        assert!(!to.join("b").exists());
        assert_eq!(before, time("a.elm"));
    }

    #[test]
    fn upwards_stops_at_the_top() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path().join("top");
        write(temp.path().join("mark"), "").unwrap();
        write(top.join("a/b/x"), "").unwrap();
        assert_eq!(find_upwards(&top.join("a/b"), "mark", &top), None);
        write(top.join("a/mark"), "").unwrap();
        assert_eq!(
            find_upwards(&top.join("a/b"), "mark", &top),
            Some(top.join("a"))
        );
    }
}
