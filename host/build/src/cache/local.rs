//! The user's own build cache: a private directory, bounded in size.
//!
//! `shapes/` has what leads from the first key to the second, `entries/` what
//! leads from the second to a component, `artifacts/` the components by their
//! digests. Files appear whole, and what does not hold when it is read is
//! removed and counts as not there. `signed/` has the same once more for each key
//! whose builds were got from other machines.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use run_files::{Digest, atomic, private};
use run_runtime::Wasm;
use serde::{Deserialize, Serialize};

use super::prune;
use super::{Entry, Shape};

/// How many shapes are kept for one first key: branches differ in their files.
const MOST_SHAPES: usize = 16;

/// How exactly the time of the last use is kept.
const USE_MATTERS_AFTER: Duration = Duration::from_secs(600);

/// The directory of what was built on other machines.
pub(super) const SIGNED: &str = "signed";

#[derive(Serialize, Deserialize)]
struct Shapes {
    version: u32,
    /// The latest first.
    shapes: Vec<Shape>,
}

pub(super) struct Local {
    dir: PathBuf,
    size: u64,
    grown: AtomicBool,
}

impl Local {
    pub(super) fn at(dir: &Path, size: u64) -> Self {
        Self {
            dir: dir.to_owned(),
            size,
            grown: AtomicBool::new(false),
        }
    }

    /// The cache in `dir`, and those in it of other machines' builds.
    pub(super) fn all_in(dir: &Path, size: u64) -> Vec<Self> {
        let signed = fs::read_dir(dir.join(SIGNED)).into_iter().flatten();
        let signed = signed.flatten().map(|entry| entry.path());
        let all = std::iter::once(dir.to_owned()).chain(signed);
        all.map(|dir| Self::at(&dir, size)).collect()
    }

    /// The shapes of builds with this first key, the latest first.
    pub(super) fn shapes(&self, first: Digest) -> Vec<Shape> {
        let path = self.path("shapes", first, "json");
        let Some(bytes) = self.read(&path) else {
            return Vec::new();
        };
        let parsed = serde_json::from_slice::<Shapes>(&bytes).ok();
        let Some(Shapes { mut shapes, .. }) = parsed.filter(|shapes| shapes.version == 1) else {
            fs::remove_file(&path).ok();
            return Vec::new();
        };
        shapes.retain(Shape::is_sound);
        shapes.truncate(MOST_SHAPES);
        shapes
    }

    /// The component behind a second key.
    pub(super) fn get(&self, second: Digest, name: &str) -> Option<(Entry, Wasm)> {
        let path = self.path("entries", second, "json");
        let bytes = self.read(&path)?;
        let Some(entry) = Entry::parse(&bytes) else {
            fs::remove_file(&path).ok();
            return None;
        };
        let digest = entry.artifact()?;
        let artifact = self.path("artifacts", digest, "wasm");
        let component = self
            .read(&artifact)
            .and_then(|bytes| Wasm::from_bytes(name, bytes).ok())
            .filter(|component| component.digest() == digest);
        let Some(component) = component else {
            // Damaged, or pruned: neither is of use without the other.
            fs::remove_file(&artifact).ok();
            fs::remove_file(&path).ok();
            return None;
        };
        touch(&path);
        touch(&artifact);
        Some((entry, component))
    }

    /// Keeps a component: first what is pointed to, then what points.
    pub(super) fn put(
        &self,
        first: Digest,
        shape: Shape,
        second: Digest,
        entry: &Entry,
        component: &Wasm,
    ) -> io::Result<()> {
        private::make_dir(&self.dir)?;
        self.write("artifacts", component.digest(), "wasm", component.bytes())?;
        self.write("entries", second, "json", &entry.to_bytes())?;
        let mut shapes = self.shapes(first);
        if shapes.first() != Some(&shape) {
            shapes.retain(|known| *known != shape);
            shapes.insert(0, shape);
            shapes.truncate(MOST_SHAPES);
            let text = serde_json::to_vec(&Shapes { version: 1, shapes })?;
            self.write("shapes", first, "json", &text)?;
        }
        self.grown.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Removes an entry and its component.
    pub(super) fn remove(&self, second: Digest) -> bool {
        let path = self.path("entries", second, "json");
        let entry = self.read(&path).and_then(|bytes| Entry::parse(&bytes));
        if let Some(digest) = entry.and_then(|entry| entry.artifact()) {
            fs::remove_file(self.path("artifacts", digest, "wasm")).ok();
        }
        fs::remove_file(&path).is_ok()
    }

    /// Whether something was put in since this was last asked.
    pub(super) fn has_grown(&self) -> bool {
        self.grown.swap(false, Ordering::Relaxed)
    }

    /// Removes what was not used for longest where it is too much, also of what
    /// was built on other machines.
    pub(super) fn prune(&self) {
        prune::prune(&self.dir, self.size);
    }

    fn path(&self, kind: &str, key: Digest, ending: &str) -> PathBuf {
        let hex = key.hex();
        let name = format!("{hex}.{ending}");
        self.dir.join(kind).join(&hex[..2]).join(name)
    }

    /// A file that only this user could have written.
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        if !private::is_dir(&self.dir) || !private::is_file(path) {
            return None;
        }
        fs::read(path).ok()
    }

    fn write(&self, kind: &str, key: Digest, ending: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(kind, key, ending);
        private::make_dir(path.parent().unwrap_or(&self.dir))?;
        atomic::replace(&path, bytes)
    }
}

/// Notes that a file was used.
fn touch(path: &Path) {
    let now = SystemTime::now();
    let recent = fs::metadata(path)
        .and_then(|meta| meta.modified())
        .is_ok_and(|time| {
            now.duration_since(time)
                .is_ok_and(|age| age < USE_MATTERS_AFTER)
        });
    if !recent && let Ok(file) = File::options().write(true).open(path) {
        file.set_modified(now).ok();
    }
}
