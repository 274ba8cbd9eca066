//! Projects in temporary directories.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{self, Outcome};
use crate::tools::Tools;

/// A directory that is gone after the test.
pub struct Scratch {
    _guard: tempfile::TempDir,
    root: PathBuf,
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl Scratch {
    /// An empty one.
    ///
    /// # Panics
    /// The system has no temporary directory.
    #[must_use]
    pub fn new() -> Self {
        let guard = tempfile::tempdir().expect("a temporary directory");
        let root = fs::canonicalize(guard.path()).expect("it exists");
        Self {
            _guard: guard,
            root,
        }
    }

    /// One with these files.
    #[must_use]
    pub fn with(files: &[(&str, &str)]) -> Self {
        let scratch = Self::new();
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Writes a file, and the directories above it.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("below the root")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    /// Reads a file.
    ///
    /// # Panics
    /// It is not there.
    #[must_use]
    pub fn read(&self, path: &str) -> Vec<u8> {
        let path = self.root.join(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Whether a file or directory is there.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// Runs `run v2` here.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        command::run(&self.root, arguments)
    }

    /// As [`run`](Self::run), with these tools on `PATH`.
    pub fn run_with(&self, tools: &Tools, arguments: &[&str]) -> Outcome {
        let mut command = command::command(&self.root);
        tools.apply(&mut command);
        Outcome::of(command.args(arguments))
    }

    /// Copies a directory's files into this one, without what builds leave.
    ///
    /// # Panics
    /// Something cannot be read or written.
    pub fn copy_from(&self, from: &Path) {
        copy(from, &self.root);
    }
}

/// Copies a directory's files into another, without what builds leave.
///
/// # Panics
/// Something cannot be read or written.
pub fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let name = entry.file_name();
        if name == "target" || name == ".run" {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type().expect("a kind").is_dir() {
            fs::create_dir_all(&target).expect("a directory");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}
