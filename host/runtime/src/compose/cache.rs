//! Compositions that were made before.
//!
//! An entry's name is a digest of all it depends on, so it never goes stale. It
//! holds the digest of the composed bytes in front of them, which is checked on
//! reading (it is needed to find the compiled artifact in any case), and the
//! directory is the user's own, as for artifacts: what lies there is run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use run_files::{Digest, atomic, private};

/// A directory of composed components, or none, in which case all are made
/// anew.
#[derive(Debug, Clone)]
pub struct CompositionCache {
    dir: Option<PathBuf>,
}

/// What a digest takes in front of an entry.
const DIGEST: usize = 32;

impl CompositionCache {
    /// The user's cache, `composed` below [`run_files::dirs::cache`].
    #[must_use]
    pub fn user() -> Self {
        Self {
            dir: run_files::dirs::cache().map(|dir| dir.join("composed")),
        }
    }

    /// A cache in `dir`, which is made with mode 0700 on the first store.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self {
            dir: Some(dir.to_owned()),
        }
    }

    /// Composes each time and keeps nothing.
    #[must_use]
    pub fn disabled() -> Self {
        Self { dir: None }
    }

    /// The composed bytes and their digest. An entry that is damaged, or that
    /// others could have written, is none.
    pub(super) fn get(&self, key: Digest) -> Option<(Vec<u8>, Digest)> {
        let dir = self.dir.as_ref()?;
        let path = entry(dir, key);
        if !private::is_dir(dir) || !private::is_file(&path) {
            return None;
        }
        let mut kept = fs::read(path).ok()?;
        if kept.len() < DIGEST {
            return None;
        }
        let bytes = kept.split_off(DIGEST);
        let digest = Digest::of(&bytes);
        (kept == digest.as_bytes()).then_some((bytes, digest))
    }

    /// Keeps composed bytes.
    pub(super) fn put(&self, key: Digest, bytes: &[u8], digest: Digest) -> io::Result<()> {
        let Some(dir) = &self.dir else {
            return Ok(());
        };
        private::make_dir(dir)?;
        let mut kept = digest.as_bytes().to_vec();
        kept.extend_from_slice(bytes);
        let path = entry(dir, key);
        if !atomic::write_new(&path, &kept)? {
            // Taken by an entry that `get` refused: replace it.
            fs::remove_file(&path)?;
            atomic::write_new(&path, &kept)?;
        }
        Ok(())
    }
}

fn entry(dir: &Path, key: Digest) -> PathBuf {
    dir.join(key.hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_and_damaged_ones_do_not() {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("composed");
        let cache = CompositionCache::at(&dir);
        let (key, digest) = (Digest::of(b"key"), Digest::of(b"bytes"));
        assert_eq!(cache.get(key), None);
        for damage in [&b""[..], b"short", &[0; 64]] {
            cache.put(key, b"bytes", digest).unwrap();
            assert_eq!(cache.get(key), Some((b"bytes".to_vec(), digest)));
            fs::write(entry(&dir, key), damage).unwrap();
            assert_eq!(cache.get(key), None);
        }
        cache.put(key, b"bytes", digest).unwrap();
        assert!(cache.get(key).is_some());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn what_others_could_have_written_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("composed");
        let cache = CompositionCache::at(&dir);
        let key = Digest::of(b"key");
        cache.put(key, b"bytes", Digest::of(b"bytes")).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(cache.get(key), None);
        assert!(cache.put(key, b"bytes", Digest::of(b"bytes")).is_err());
    }
}
