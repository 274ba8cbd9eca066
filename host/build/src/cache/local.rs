//! The user's own build cache: a private directory, bounded in size.
//!
//! `shapes/` has what leads from the first key to the second, `entries/` what
//! leads from the second to a component, `artifacts/` the components by their
//! digests. Files appear whole, and what does not hold when it is read is
//! removed and counts as not there. `signed/` has the same once more for each key
//! whose builds were got from other machines.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use run_files::{Digest, atomic, private, used};
use run_runtime::Wasm;
use serde::{Deserialize, Serialize};

use super::{Entry, Shape};

/// How many shapes are kept for one first key: branches differ in their files.
const MOST_SHAPES: usize = 16;

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
    /// By how many bytes, since it was last asked.
    grown: AtomicU64,
}

impl Local {
    pub(super) fn at(dir: &Path, size: u64) -> Self {
        Self {
            dir: dir.to_owned(),
            size,
            grown: AtomicU64::new(0),
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
        used::touch(&path);
        used::touch(&artifact);
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

    /// How many bytes were put in since this was last asked.
    pub(super) fn growth(&self) -> u64 {
        self.grown.swap(0, Ordering::Relaxed)
    }

    /// Makes room for so many bytes that were put in, also in what was built on
    /// other machines: what was not used for longest goes. An entry whose component is gone, or the other
    /// way round, is removed when it is next looked at.
    pub(super) fn prune(&self, added: u64) {
        let below = |name: &str| self.dir.join(name);
        let kinds = ["shapes", "entries", "artifacts"].map(|kind| (below(kind), 2));
        let signed = (below(SIGNED), 4);
        let all = kinds.iter().chain([&signed]);
        let all: Vec<_> = all.map(|(dir, depth)| (dir.as_path(), *depth)).collect();
        used::prune(&self.dir, &all, added, self.size);
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
        atomic::replace(&path, bytes)?;
        self.grown.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}
