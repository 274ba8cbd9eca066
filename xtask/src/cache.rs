//! The developers' cache: tools and what was made with them, outside the
//! checkout so that every worktree and every run shares them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::step::Result;

/// `run-dev` below `$XDG_CACHE_HOME`, else below `~/.cache`.
pub(crate) fn dir() -> Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
        .ok_or("there is no home directory to keep tools in: set XDG_CACHE_HOME")?;
    let dir = cache.join("run-dev");
    fs::create_dir_all(&dir).map_err(|error| at(&dir, error))?;
    Ok(dir)
}

/// The directory `name` of the cache. `make` fills it, once: in a temporary
/// directory that gets the name when it is whole, with everyone else waiting.
pub(crate) fn once(name: &str, make: impl FnOnce(&Path) -> Result) -> Result<PathBuf> {
    let cache = dir()?;
    let home = cache.join(name);
    if home.is_dir() {
        return Ok(home);
    }
    let lock = cache.join(format!(".{name}.lock"));
    let lock = File::create(&lock).map_err(|error| at(&lock, error))?;
    lock.lock().map_err(|error| format!("{name}: {error}"))?;
    if !home.is_dir() {
        let making = temporary(&format!(".{name}-"))?;
        make(making.path())?;
        fs::rename(making.path(), &home).map_err(|error| at(&home, error))?;
        // Nothing is left under the temporary name to be removed.
        let _ = making.keep();
    }
    Ok(home)
}

/// A directory of the cache that is gone with its guard.
pub(crate) fn temporary(prefix: &str) -> Result<tempfile::TempDir> {
    let cache = dir()?;
    tempfile::Builder::new()
        .prefix(prefix)
        .tempdir_in(&cache)
        .map_err(|error| at(&cache, error))
}

/// An I/O error with the path it is about.
pub(crate) fn at(path: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// Copies a directory's files, without what tools leave among sources.
pub(crate) fn copy(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to).map_err(|error| at(to, error))?;
    for entry in fs::read_dir(from).map_err(|error| at(from, error))? {
        let entry = entry.map_err(|error| at(from, error))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if ["target", "node_modules", "__pycache__"]
            .iter()
            .any(|name| entry.file_name() == *name)
        {
            continue;
        }
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(|error| at(&path, error))?;
        }
    }
    Ok(())
}
