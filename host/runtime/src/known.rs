//! Files whose digest is known without reading them again.
//!
//! Hashing a large component costs more than running it. A file is taken to be
//! what it was where its size, times and identity are what they were when it
//! was hashed, and it had not been touched for a while then: a change within
//! the same tick of the file system's clock could not be told from none (what
//! git calls a racy entry). `RUN_REHASH=1` hashes everything.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use run_files::{Digest, atomic, private};

/// Where the entries are; none where there is no cache.
#[derive(Debug, Clone)]
pub(crate) struct KnownFiles {
    dir: Option<PathBuf>,
}

/// The coarsest clock of a file system in use (FAT's).
const SETTLED: Duration = Duration::from_secs(2);

/// Smaller files are hashed in less time than an entry is looked up in.
const WORTH_IT: u64 = 32 << 10;

/// A file as it was found before it was read.
pub(crate) struct Sighting {
    entry: PathBuf,
    stamp: String,
    settled: bool,
}

impl KnownFiles {
    pub(crate) fn at(dir: PathBuf) -> Self {
        let forced = std::env::var_os("RUN_REHASH").is_some_and(|value| value != "0");
        Self {
            dir: (!forced).then_some(dir),
        }
    }

    pub(crate) fn none() -> Self {
        Self { dir: None }
    }

    /// Looks at a file without reading it; `None` where that is of no use.
    pub(crate) fn look(&self, path: &Path) -> Option<Sighting> {
        let dir = self.dir.as_ref()?;
        let now = SystemTime::now();
        let meta = fs::metadata(path).ok()?;
        if !meta.is_file() || meta.len() < WORTH_IT {
            return None;
        }
        let (identity, changed) = identity(&meta)?;
        Some(Sighting {
            entry: dir.join(identity),
            stamp: format!("1 {} {changed:?} {:?}", meta.len(), meta.modified().ok()?),
            settled: now.duration_since(changed).is_ok_and(|age| age > SETTLED),
        })
    }

    /// The digest of a file that is what it was.
    pub(crate) fn digest(&self, sighting: &Sighting) -> Option<Digest> {
        if !private::is_dir(sighting.entry.parent()?) || !private::is_file(&sighting.entry) {
            return None;
        }
        let text = fs::read_to_string(&sighting.entry).ok()?;
        let (stamp, digest) = text.trim_end().rsplit_once('\n')?;
        (stamp == sighting.stamp).then(|| digest.parse().ok())?
    }

    /// Keeps the digest of what was read after the sighting. Failing to is not
    /// an error.
    pub(crate) fn remember(&self, sighting: &Sighting, digest: Digest) {
        if !sighting.settled {
            return;
        }
        let Some(dir) = &self.dir else { return };
        let text = format!("{}\n{digest}\n", sighting.stamp);
        if private::make_dir(dir).is_ok() {
            atomic::replace(&sighting.entry, text.as_bytes()).ok();
        }
    }
}

/// Which file it is, as a file name, and when its content or attributes last
/// changed: a time that no program can set.
#[cfg(unix)]
fn identity(meta: &Metadata) -> Option<(String, SystemTime)> {
    use std::os::unix::fs::MetadataExt;
    let seconds = u64::try_from(meta.ctime()).ok()?;
    let nanoseconds = u32::try_from(meta.ctime_nsec()).ok()?;
    let changed = SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds);
    Some((format!("{:x}-{:x}", meta.dev(), meta.ino()), changed))
}

/// There is no such time elsewhere, and files are read.
#[cfg(not(unix))]
fn identity(_meta: &Metadata) -> Option<(String, SystemTime)> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_until_anything_about_it_changes() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        let known = KnownFiles {
            dir: Some(dir.path().join("known")),
        };
        let bytes = vec![1; 40_000];
        fs::write(&file, &bytes).unwrap();
        let fresh = known.look(&file).unwrap();
        known.remember(&fresh, Digest::of(&bytes));
        assert_eq!(known.digest(&fresh), None, "it may still change unseen");

        let settled = Sighting {
            settled: true,
            ..known.look(&file).unwrap()
        };
        known.remember(&settled, Digest::of(&bytes));
        assert_eq!(
            known.digest(&known.look(&file).unwrap()),
            Some(Digest::of(&bytes))
        );

        // The same size and the same modification time: the change time tells.
        let modified = fs::metadata(&file).unwrap().modified().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        fs::write(&file, vec![2; 40_000]).unwrap();
        let handle = fs::File::options().write(true).open(&file).unwrap();
        handle.set_modified(modified).unwrap();
        assert_eq!(known.digest(&known.look(&file).unwrap()), None);

        let small = dir.path().join("small");
        fs::write(&small, "x").unwrap();
        assert!(known.look(&small).is_none());
    }
}
