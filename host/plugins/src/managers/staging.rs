//! The directory that a tool is installed in before it is moved to its place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use run_files::atomic;

use super::InstallError;
use crate::tools::{INSTALLED, Tools};

const PREFIX: &str = ".tmp-";

/// A directory beside where the tool will be, gone with this value.
pub(super) struct Staging {
    root: tempfile::TempDir,
    /// What becomes the tool's directory.
    pub(super) tree: PathBuf,
    /// The manager's own.
    pub(super) home: PathBuf,
    /// Links to the manager's programs.
    pub(super) bin: PathBuf,
    _lock: File,
}

impl Staging {
    /// One installation of a project at a time; what killed ones left is
    /// removed.
    pub(super) fn new(project: &Path, tools: &Tools) -> Result<Self, InstallError> {
        let all = project.join(INSTALLED);
        let make = || {
            fs::create_dir_all(&all)?;
            let all = fs::canonicalize(&all)?;
            let lock = File::create(all.join(".lock"))?;
            lock.lock()?;
            for entry in fs::read_dir(&all)? {
                let entry = entry?;
                if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                    fs::remove_dir_all(entry.path())?;
                }
            }
            let root = tempfile::Builder::new().prefix(PREFIX).tempdir_in(&all)?;
            let made = |name: &str| {
                let path = root.path().join(name);
                fs::create_dir(&path).map(|()| path)
            };
            let (tree, home, bin) = (made("tree")?, made("home")?, made("bin")?);
            for tool in tools.present() {
                // Asked now; what comes of it is told when the tool is started.
                tools.files(&tool).ok();
                link(&tool.path, &bin.join(&tool.program))?;
            }
            Ok(Self {
                tree,
                home,
                bin,
                root,
                _lock: lock,
            })
        };
        make().map_err(|error| InstallError::io(format!("cannot use `{}`", all.display()), error))
    }

    /// Moves the tree to its place, whole and on the disk; one of the same name
    /// is replaced.
    pub(super) fn publish(self, name: &str) -> Result<PathBuf, InstallError> {
        let place = self.root.path().with_file_name(name);
        atomic::persist_tree(&self.tree, &place).map_err(|error| {
            InstallError::io(format!("cannot make `{}`", place.display()), error)
        })?;
        Ok(place)
    }
}

#[cfg(unix)]
fn link(path: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(path, at)
}

#[cfg(not(unix))]
fn link(path: &Path, at: &Path) -> io::Result<()> {
    fs::copy(path, at).map(drop)
}
