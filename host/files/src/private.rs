//! Directories and files that nobody but this user could have written.
//!
//! A cache whose entries are believed is only as good as the answer to who may
//! put one there: the directory has mode 0700 and this user as its owner, and
//! so has each entry but for being readable.

use std::fs;
use std::io;
use std::path::Path;

/// Makes `dir`, and what is missing above it, with mode 0700.
///
/// # Errors
/// Any I/O error, and [`io::ErrorKind::PermissionDenied`] where it is there
/// already and others may enter it.
pub fn make_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)?;
    }
    #[cfg(not(unix))]
    fs::create_dir_all(dir)?;
    if is_dir(dir) {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// Whether `dir` is a directory of this user that no one else can enter. A link
/// to one is not.
#[must_use]
pub fn is_dir(dir: &Path) -> bool {
    fs::symlink_metadata(dir).is_ok_and(|meta| meta.is_dir() && is_own(&meta, 0o077))
}

/// Whether `path` is a regular file of this user that no one else can write. A
/// link to one is not.
#[must_use]
pub fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && is_own(&meta, 0o022))
}

/// Whether `path` is a regular file of this user that no one else can read,
/// links followed.
#[must_use]
pub fn is_secret(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && is_own(&meta, 0o077))
}

#[cfg(unix)]
fn is_own(meta: &fs::Metadata, forbidden: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.mode() & forbidden == 0 && meta.uid() == rustix::process::geteuid().as_raw()
}

/// Elsewhere the user's cache directory is private by where it is.
#[cfg(not(unix))]
fn is_own(_: &fs::Metadata, _: u32) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn what_others_may_touch_is_not_private() {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("a/b");
        make_dir(&dir).unwrap();
        assert!(is_dir(&dir));
        let file = dir.join("f");
        fs::write(&file, "x").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(is_file(&file) && !is_dir(&file) && !is_file(&dir));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
        assert!(!is_file(&file) && !is_secret(&file));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(is_secret(&file) && is_file(&file));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&file, dir.join("link")).unwrap();
        assert!(!is_file(&dir.join("link")));
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(!is_dir(&dir));
        assert!(make_dir(&dir).is_err());
    }
}
