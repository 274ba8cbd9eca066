//! Directories that appear whole.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::sync_parent;

/// Moves the finished directory `from` to `to` on the same file system, with
/// everything in it flushed to disk. Where `to` is there already it is replaced,
/// and what was there is below `from` afterwards.
///
/// On Linux a crash at any point leaves the old tree or the new one; elsewhere a
/// tree that is being replaced may be gone, its parts still below `from`.
///
/// # Errors
/// Any I/O error of flushing or renaming.
pub fn persist_tree(from: &Path, to: &Path) -> io::Result<()> {
    flush(from)?;
    match fs::symlink_metadata(to) {
        Ok(_) => exchange(from, to)?,
        Err(_) => fs::rename(from, to)?,
    }
    sync_parent(from)?;
    sync_parent(to)
}

/// One call for all of the file system: package managers leave thousands of
/// files, and flushing each waits for the disk each time.
#[cfg(target_os = "linux")]
fn flush(dir: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(dir)?)?)
}

#[cfg(not(target_os = "linux"))]
fn flush(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            flush(&entry.path())?;
        } else if kind.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    match cfg!(unix) {
        true => File::open(dir)?.sync_all(),
        false => Ok(()),
    }
}

#[cfg(target_os = "linux")]
fn exchange(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::EXCHANGE) {
        // Not every file system can.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => one_by_one(from, to),
        other => Ok(other?),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange(from: &Path, to: &Path) -> io::Result<()> {
    one_by_one(from, to)
}

fn one_by_one(from: &Path, to: &Path) -> io::Result<()> {
    let old = from.with_extension("old");
    fs::rename(to, &old)?;
    fs::rename(from, to)?;
    fs::rename(old, from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_takes_the_place_of_another_or_of_none() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        let make = |text: &str| {
            fs::create_dir_all(from.join("deep")).unwrap();
            fs::write(from.join("deep/file"), text).unwrap();
        };
        let there = |dir: &Path| fs::read_to_string(dir.join("deep/file")).unwrap();
        make("one");
        persist_tree(&from, &to).unwrap();
        assert!(!from.exists() && there(&to) == "one");
        for way in [exchange, one_by_one] {
            let before = there(&to);
            make("other");
            way(&from, &to).unwrap();
            assert_eq!((there(&to).as_str(), there(&from)), ("other", before));
        }
        persist_tree(&from, &to).unwrap();
        assert_eq!(there(&from), "other");
    }
}
