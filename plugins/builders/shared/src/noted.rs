//! A note in the cache that a step was done for certain files, so that it need
//! not be done again while they are as they were.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use run_plugin_api::{Result, files};

/// What was done, by the contents of the files it was done for.
#[derive(Debug, Clone)]
pub struct Noted {
    note: PathBuf,
    digest: String,
}

impl Noted {
    /// The note at `note` for `files` as they are now; one that is missing is
    /// a state too.
    #[must_use]
    pub fn new(note: PathBuf, files: &[PathBuf]) -> Self {
        let mut hasher = DefaultHasher::new();
        for file in files {
            (fs::read(file).ok(), file).hash(&mut hasher);
        }
        Self {
            note,
            digest: format!("{:016x}", hasher.finish()),
        }
    }

    /// Whether the step was done for just these.
    #[must_use]
    pub fn holds(&self) -> bool {
        fs::read_to_string(&self.note).is_ok_and(|noted| noted == self.digest)
    }

    /// Notes that it was done.
    ///
    /// # Errors
    /// The note cannot be written.
    pub fn write(&self) -> Result<()> {
        files::write_if_changed(&self.note, &self.digest)
    }

    /// Where the note is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.note
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_holds_until_a_file_changes() {
        let temp = tempfile::tempdir().unwrap();
        let files = [temp.path().join("a"), temp.path().join("b")];
        let noted = || Noted::new(temp.path().join("note"), &files);
        assert!(!noted().holds());
        noted().write().unwrap();
        assert!(noted().holds());
        files::write(&files[1], "new").unwrap();
        assert!(!noted().holds());
    }
}
