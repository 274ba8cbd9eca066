//! Writes that a reader sees whole or not at all, whenever the process dies.

mod tree;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

pub use tree::persist_tree;

/// Replaces `path` with `bytes`: a temporary file in the same directory,
/// flushed to disk, then renamed over the old one.
///
/// The parent directory must exist. A crash at any point leaves either the old
/// file or the new one; at worst a `.tmp*` file stays behind.
///
/// # Errors
/// Any I/O error of creating, writing, flushing or renaming.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = temporary_beside(path)?;
    file.write_all(bytes)?;
    commit(file, path)
}

/// As [`write`], without waiting for the disk: whole to whoever reads it, and after
/// a power cut maybe torn, or not there.
///
/// For what is compared with its digest before it is believed, and can be made
/// again.
///
/// # Errors
/// Any I/O error of creating, writing or renaming.
pub fn write_unflushed(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = temporary_beside(path)?;
    file.write_all(bytes)?;
    open_up(&file, path)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Replaces `path` with `bytes`, for this user alone (0600): whole to whoever
/// reads it, without waiting for the disk. After a power cut the file may be
/// torn, or not there.
///
/// For what is checked whenever it is read, and can be made again.
///
/// # Errors
/// Any I/O error of creating, writing or renaming.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = temporary_beside(path)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Replaces `path` with `bytes`, for this user alone (0600). What has the name
/// is whole even after a power cut; that it has the name may be lost in one.
///
/// For what cannot be checked when it is read, and can be made again.
///
/// # Errors
/// Any I/O error of creating, writing, flushing or renaming.
pub fn replace_flushed(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = temporary_beside(path)?;
    file.write_all(bytes)?;
    file.as_file().sync_data()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// As [`replace_flushed`], with a copy of the file `from` and what `change` does
/// to it.
///
/// # Errors
/// Any I/O error, of `change` as well.
pub fn replace_with_changed(
    path: &Path,
    from: &Path,
    change: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = temporary_beside(path)?;
    io::copy(&mut File::open(from)?, file.as_file_mut())?;
    change(file.as_file())?;
    file.as_file().sync_data()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Moves the finished file `from` to `to`, which may exist. Falls back to a
/// copy where the two are on different file systems.
///
/// # Errors
/// Any I/O error of flushing, copying or renaming.
pub fn persist(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    match fs::rename(from, to) {
        Ok(()) => sync_parent(to),
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let mut file = temporary_beside(to)?;
            io::copy(&mut File::open(from)?, &mut file)?;
            commit(file, to)?;
            fs::remove_file(from)
        }
        Err(error) => Err(error),
    }
}

/// Writes `bytes` to `path`, for this user alone (0600), unless a file of that
/// name is already there. Returns whether this call made it; an existing file is
/// never touched.
///
/// # Errors
/// Any I/O error other than the name being taken.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let mut file = temporary_beside(path)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => sync_parent(path).map(|()| true),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}

fn temporary_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".tmp")
        .tempfile_in(parent(path))
}

fn commit(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    open_up(&file, path)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_parent(path)
}

/// Gives a temporary file the mode of what it becomes.
fn open_up(file: &tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    // A temporary file is private (0600); what it becomes should be as readable
    // as any file the user creates, unless one with its own mode is replaced.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = match fs::metadata(path) {
            Ok(old) => old.permissions().mode() & 0o777,
            Err(_) => 0o666 & !umask(),
        };
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Without this a rename can be lost in a power cut although the data is there.
fn sync_parent(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(parent(path))?.sync_all()?;
    }
    Ok(())
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The process's file mode creation mask. It can only be read by setting it,
/// so it is read once, at the first write.
#[cfg(unix)]
fn umask() -> u32 {
    use std::sync::OnceLock;
    static UMASK: OnceLock<u32> = OnceLock::new();
    *UMASK.get_or_init(|| {
        let mask = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        rustix::process::umask(mask);
        mask.as_raw_mode()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_replaces_whole_files_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        replace(&path, b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        replace_flushed(&path, b"four").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"four");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn write_new_keeps_what_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        assert!(write_new(&path, b"one").unwrap());
        assert!(!write_new(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn persist_moves() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&from, b"x").unwrap();
        persist(&from, &to).unwrap();
        assert!(!from.exists());
        assert_eq!(fs::read(&to).unwrap(), b"x");
    }
}
