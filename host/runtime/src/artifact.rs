//! The cache of compiled artifacts: a component is compiled once for an engine
//! and mapped into memory ever after.
//!
//! An artifact is native code, so who could write it decides what runs. The
//! directory is the user's own (mode 0700, owner checked), entries appear whole
//! (temporary file, flush, rename) and are never fetched from anywhere. An
//! entry that is not ours, or that the engine refuses, is compiled again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use run_files::{Digest, atomic};
use wasmtime::component::Component;

use crate::{Engine, Error, Wasm};

/// A directory of compiled artifacts, or none, in which case every load
/// compiles.
#[derive(Debug, Clone)]
pub struct ArtifactCache {
    dir: Option<PathBuf>,
}

impl ArtifactCache {
    /// The user's cache, `artifacts` below [`run_files::dirs::cache`]. Where
    /// there is none, or it cannot be made private, artifacts are not kept.
    #[must_use]
    pub fn user() -> Self {
        match run_files::dirs::cache() {
            Some(dir) => Self::at(&dir.join("artifacts")),
            None => Self::disabled(),
        }
    }

    /// A cache in `dir`, which is made with mode 0700 on the first store.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self {
            dir: Some(dir.to_owned()),
        }
    }

    /// Compiles on every load and keeps nothing.
    #[must_use]
    pub fn disabled() -> Self {
        Self { dir: None }
    }

    /// The component ready to instantiate: mapped from the cache, else compiled
    /// and kept for the next time. Failing to keep it is not an error.
    ///
    /// # Errors
    /// The bytes are not a valid component.
    pub fn load(&self, engine: &Engine, wasm: &Wasm) -> Result<Component, Error> {
        let Some(path) = self.entry(engine, wasm.digest()) else {
            return compile(engine, wasm);
        };
        if let Some(component) = map(engine, &path) {
            return Ok(component);
        }
        let component = compile(engine, wasm)?;
        if let Ok(code) = component.serialize() {
            // A full disk or a read-only home must not keep anyone from running.
            store(&path, &code).ok();
        }
        Ok(component)
    }

    /// Compiles `wasm` unless its artifact is already there, so that the next
    /// [`ArtifactCache::load`] only maps it.
    ///
    /// # Errors
    /// The bytes are not a valid component.
    pub fn warm(&self, engine: &Engine, wasm: &Wasm) -> Result<(), Error> {
        match self.entry(engine, wasm.digest()) {
            Some(path) if is_private_file(&path) => Ok(()),
            _ => self.load(engine, wasm).map(drop),
        }
    }

    fn entry(&self, engine: &Engine, component: Digest) -> Option<PathBuf> {
        let key = Digest::of_fields([
            component.as_bytes().as_slice(),
            engine.compatibility().as_bytes(),
            engine.name().as_bytes(),
        ]);
        Some(self.dir.as_ref()?.join(format!("{}.cwasm", key.hex())))
    }
}

fn compile(engine: &Engine, wasm: &Wasm) -> Result<Component, Error> {
    Component::from_binary(engine.wasmtime(), wasm.bytes()).map_err(|error| Error::Invalid {
        name: wasm.name().to_owned(),
        reason: format!("{error:#}"),
    })
}

fn map(engine: &Engine, path: &Path) -> Option<Component> {
    let dir = path.parent()?;
    if !is_private_dir(dir) || !is_private_file(path) {
        return None;
    }
    // SAFETY: `deserialize_file` runs what the file holds. The file is a regular
    // one, owned and only writable by this user, in a directory that only this
    // user can enter, and entries there are only ever made by `store` from
    // wasmtime's own output. wasmtime itself refuses other versions, settings
    // and processors.
    unsafe { Component::deserialize_file(engine.wasmtime(), path) }.ok()
}

fn store(path: &Path, code: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    make_private_dir(dir)?;
    if !atomic::write_new(path, code)? {
        // Taken by an entry that `map` refused: replace it.
        fs::remove_file(path)?;
        atomic::write_new(path, code)?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)?;
    if is_private_dir(dir) {
        Ok(())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[cfg(not(unix))]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

#[cfg(unix)]
fn is_private_dir(dir: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(dir).is_ok_and(|meta| {
        meta.is_dir()
            && meta.mode() & 0o077 == 0
            && meta.uid() == rustix::process::geteuid().as_raw()
    })
}

#[cfg(unix)]
fn is_private_file(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(path).is_ok_and(|meta| {
        meta.is_file()
            && meta.mode() & 0o022 == 0
            && meta.uid() == rustix::process::geteuid().as_raw()
    })
}

#[cfg(not(unix))]
fn is_private_dir(dir: &Path) -> bool {
    dir.is_dir()
}

#[cfg(not(unix))]
fn is_private_file(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture() -> (tempfile::TempDir, ArtifactCache, Engine, Wasm) {
        let dir = tempfile::tempdir().unwrap();
        let cache = ArtifactCache::at(&dir.path().join("artifacts"));
        let wasm = Wasm::from_bytes("empty.wat", b"(component)".to_vec()).unwrap();
        (dir, cache, Engine::application().unwrap(), wasm)
    }

    fn only_entry(dir: &Path) -> PathBuf {
        let entries: Vec<_> = fs::read_dir(dir.join("artifacts"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries[0].clone()
    }

    #[test]
    fn a_second_load_maps_what_the_first_kept() {
        let (dir, cache, engine, wasm) = fixture();
        cache.load(&engine, &wasm).unwrap();
        let entry = only_entry(dir.path());
        let before = fs::metadata(&entry).unwrap().modified().unwrap();
        assert!(map(&engine, &entry).is_some());
        cache.load(&engine, &wasm).unwrap();
        assert_eq!(fs::metadata(&entry).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn a_corrupt_entry_is_compiled_again() {
        let (dir, cache, engine, wasm) = fixture();
        cache.load(&engine, &wasm).unwrap();
        let entry = only_entry(dir.path());
        let whole = fs::read(&entry).unwrap();
        for bad in [&b""[..], b"not code", &whole[..whole.len() / 2]] {
            fs::write(&entry, bad).unwrap();
            cache.load(&engine, &wasm).unwrap();
            assert_eq!(fs::read(&entry).unwrap().len(), whole.len());
        }
    }

    #[test]
    #[cfg(unix)]
    fn an_entry_that_others_could_write_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let (dir, cache, engine, wasm) = fixture();
        cache.load(&engine, &wasm).unwrap();
        let entry = only_entry(dir.path());
        fs::set_permissions(&entry, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(map(&engine, &entry).is_none());
        cache.load(&engine, &wasm).unwrap();
        assert!(map(&engine, &entry).is_some(), "replaced by our own");

        let parent = dir.path().join("artifacts");
        fs::set_permissions(&parent, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(map(&engine, &entry).is_none());
    }
}
