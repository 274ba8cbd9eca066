//! What was found out once and need not be found out again: short texts by
//! digests of all that they depend on, in a directory of this user's own.

use std::fs;
use std::path::PathBuf;

use run_files::{Digest, atomic, private};

/// A directory of notes, or none, in which case nothing is known.
#[derive(Debug, Clone)]
pub struct Notes {
    dir: Option<PathBuf>,
}

impl Notes {
    pub(crate) fn at(dir: Option<PathBuf>) -> Self {
        Self { dir }
    }

    /// What was noted of this, where nobody else could have.
    #[must_use]
    pub fn get(&self, key: Digest) -> Option<String> {
        let dir = self.dir.as_ref()?;
        let path = dir.join(key.hex());
        if !private::is_dir(dir) || !private::is_file(&path) {
            return None;
        }
        let mut text = fs::read_to_string(path).ok()?;
        // One that was torn by a power cut has no end.
        (text.pop()? == '\n').then_some(text)
    }

    /// Notes a text. Failing to is not an error: it is found out again.
    pub fn keep(&self, key: Digest, text: &str) {
        if let Some(dir) = &self.dir
            && private::make_dir(dir).is_ok()
        {
            atomic::replace(&dir.join(key.hex()), format!("{text}\n").as_bytes()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_torn_or_could_be_of_others_is_not_known() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("notes");
        let notes = Notes::at(Some(dir.clone()));
        let key = Digest::of(b"it");
        assert_eq!(notes.get(key), None);
        notes.keep(key, "1 2");
        assert_eq!(notes.get(key).unwrap(), "1 2");
        for torn in ["", "1", "1 2\n\0"] {
            fs::write(dir.join(key.hex()), torn).unwrap();
            assert_eq!(notes.get(key), None, "{torn:?}");
        }
        notes.keep(key, "");
        assert_eq!(notes.get(key).unwrap(), "");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = dir.join(key.hex());
            fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
            assert_eq!(notes.get(key), None);
        }
    }
}
