//! Directories and files that only this user could have written.

use std::io;
use std::path::Path;

/// Makes `dir`, and fails where others could write to it.
#[cfg(unix)]
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)?;
    if is_dir(dir) {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[cfg(not(unix))]
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)
}

#[cfg(unix)]
pub(crate) fn is_dir(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(dir).is_ok_and(|meta| {
        meta.is_dir()
            && meta.mode() & 0o077 == 0
            && meta.uid() == rustix::process::geteuid().as_raw()
    })
}

#[cfg(unix)]
pub(crate) fn is_file(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(path).is_ok_and(|meta| {
        meta.is_file()
            && meta.mode() & 0o022 == 0
            && meta.uid() == rustix::process::geteuid().as_raw()
    })
}

#[cfg(not(unix))]
pub(crate) fn is_dir(dir: &Path) -> bool {
    dir.is_dir()
}

#[cfg(not(unix))]
pub(crate) fn is_file(path: &Path) -> bool {
    path.is_file()
}
