//! The cache of compiled artifacts: a component is compiled once for an engine
//! and mapped into memory ever after.
//!
//! An artifact is native code, so who could write it decides what runs. The
//! directory is the user's own (mode 0700, owner checked), entries appear whole
//! (temporary file, flush, rename) and are never fetched from anywhere. An
//! entry that is not ours, or that the engine refuses, is compiled again. What was
//! not used for longest goes when all of them are more than [`SIZE`].

mod alike;

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use run_files::{Digest, atomic, private, used};
use wasmparser::types::Types;
use wasmparser::{BinaryReaderError, WasmFeatures};
use wasmtime::component::Component;

use crate::engine::Nans;
use crate::known::KnownFiles;
use crate::notes::Notes;
use crate::validate::Before;
use crate::{Engine, Error, Wasm, encode, nan, wasm};

/// How much is kept, in bytes.
pub const SIZE: u64 = 2 << 30;

/// A directory of compiled artifacts, or none, in which case every load
/// compiles.
#[derive(Debug, Clone)]
pub struct ArtifactCache {
    dir: Option<PathBuf>,
    known: KnownFiles,
}

/// A component from a file.
pub struct Loaded {
    /// Ready to instantiate.
    pub component: Component,
    /// What errors call it.
    pub name: String,
    /// The digest of its bytes.
    pub digest: Digest,
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
            known: KnownFiles::at(dir.join("known")),
        }
    }

    /// Compiles on every load and keeps nothing.
    #[must_use]
    pub fn disabled() -> Self {
        Self {
            dir: None,
            known: KnownFiles::none(),
        }
    }

    /// The component ready to instantiate: mapped from the cache, else compiled
    /// and kept for the next time. Failing to keep it is not an error.
    ///
    /// # Errors
    /// The bytes are not a valid component.
    pub fn load(&self, engine: &Engine, wasm: &Wasm) -> Result<Component, Error> {
        let Some(path) = self.entry(engine, wasm.digest(), wasm.kind()) else {
            return compile(engine, wasm);
        };
        if let Some(component) = map(engine, &path) {
            return Ok(component);
        }
        if self.alike(engine, wasm, &path).is_some()
            && let Some(component) = map(engine, &path)
        {
            return Ok(component);
        }
        let component = compile(engine, wasm)?;
        if let Ok(code) = component.serialize() {
            // A full disk or a read-only home must not keep anyone from running.
            store(&path, &code).ok();
        }
        Ok(component)
    }

    /// The component in a file, which is not read where its digest is known and
    /// its artifact there.
    ///
    /// # Errors
    /// The file cannot be read, or is not a valid component.
    pub fn open(&self, engine: &Engine, path: &Path) -> Result<Loaded, Error> {
        let sighting = self.known.look(path);
        if let Some(digest) = sighting.as_ref().and_then(|seen| self.known.digest(seen)) {
            let artifact = |kind| map(engine, &self.entry(engine, digest, kind)?);
            let component =
                artifact(wasm::Kind::Component).or_else(|| artifact(wasm::Kind::CoreModule));
            if let Some(component) = component {
                return Ok(Loaded {
                    component,
                    name: path.display().to_string(),
                    digest,
                });
            }
        }
        let wasm = Wasm::read(path)?;
        if let Some(sighting) = sighting {
            self.known.remember(&sighting, wasm.digest());
        }
        Ok(Loaded {
            component: self.load(engine, &wasm)?,
            name: wasm.name().to_owned(),
            digest: wasm.digest(),
        })
    }

    /// The digest of a file: known from before where nothing about the file has
    /// changed since, else computed and kept.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn digest(&self, path: &Path) -> io::Result<Digest> {
        let sighting = self.known.look(path);
        if let Some(digest) = sighting.as_ref().and_then(|seen| self.known.digest(seen)) {
            return Ok(digest);
        }
        let digest = Digest::of_file(path)?;
        if let Some(sighting) = sighting {
            self.known.remember(&sighting, digest);
        }
        Ok(digest)
    }

    /// Compiles `wasm` unless its artifact is already there, so that the next
    /// [`ArtifactCache::load`] only maps it.
    ///
    /// # Errors
    /// The bytes are not a valid component.
    pub fn warm(&self, engine: &Engine, wasm: &Wasm) -> Result<(), Error> {
        match self.entry(engine, wasm.digest(), wasm.kind()) {
            Some(path) if private::is_file(&path) => Ok(()),
            Some(path) if self.alike(engine, wasm, &path).is_some() => Ok(()),
            _ => self.load(engine, wasm).map(drop),
        }
    }

    /// Validates the bytes of a component, as [`crate::validate`] does, without
    /// the bodies of functions that were found valid before in other components
    /// of the same code.
    ///
    /// # Errors
    /// They are not valid with these features.
    pub fn validate(
        &self,
        bytes: &[u8],
        features: WasmFeatures,
    ) -> Result<Types, BinaryReaderError> {
        Before(self.notes()).validate(bytes, features)
    }

    /// What was found out of components, kept beside their artifacts.
    #[must_use]
    pub fn notes(&self) -> Notes {
        Notes::at(self.dir.as_ref().map(|dir| dir.join("notes")))
    }

    fn entry(&self, engine: &Engine, digest: Digest, kind: wasm::Kind) -> Option<PathBuf> {
        // What a core module becomes depends on the encoder as well; where the
        // memories of a component are in its artifact, on how it is made.
        let encoder: &[u8] = match kind {
            wasm::Kind::Component => alike::VERSION,
            wasm::Kind::CoreModule => concat!(env!("CARGO_PKG_VERSION"), " exit 1").as_bytes(),
        };
        // And what is compiled is not what was given, where it is rewritten.
        let rewriting: &[u8] = match engine.nans() {
            Nans::Canonical => nan::VERSION,
            Nans::CanonicalByEngine | Nans::Native => b"",
        };
        let key = Digest::of_fields([
            digest.as_bytes().as_slice(),
            engine.compatibility().as_bytes(),
            engine.name().as_bytes(),
            encoder,
            rewriting,
        ]);
        Some(self.dir.as_ref()?.join(format!("{}.cwasm", key.hex())))
    }
}

fn compile(engine: &Engine, wasm: &Wasm) -> Result<Component, Error> {
    let bytes = compilable(wasm, engine.nans() == Nans::Canonical)?;
    Component::from_binary(engine.wasmtime(), &bytes)
        .map_err(|error| invalid(wasm, format!("{error:#}")))
}

/// The bytes that are given to the compiler.
pub(crate) fn compilable(wasm: &Wasm, canonical_nans: bool) -> Result<Cow<'_, [u8]>, Error> {
    let bytes = encode::component(wasm)?;
    if canonical_nans {
        let rewritten =
            nan::canonical(&bytes).map_err(|refused| invalid(wasm, refused.to_string()))?;
        if let Cow::Owned(rewritten) = rewritten {
            return Ok(Cow::Owned(rewritten));
        }
    }
    Ok(bytes)
}

fn invalid(wasm: &Wasm, reason: String) -> Error {
    Error::Invalid {
        name: wasm.name().to_owned(),
        reason,
    }
}

fn map(engine: &Engine, path: &Path) -> Option<Component> {
    let dir = path.parent()?;
    if !private::is_dir(dir) || !private::is_file(path) {
        return None;
    }
    // SAFETY: `deserialize_file` runs what the file holds. The file is a regular
    // one, owned and only writable by this user, in a directory that only this
    // user can enter, and entries there are only ever made by `store` from
    // wasmtime's own output. wasmtime itself refuses other versions, settings
    // and processors.
    let component = unsafe { Component::deserialize_file(engine.wasmtime(), path) }.ok()?;
    used::touch(path);
    Some(component)
}

/// Puts an entry in its place, also where one is that `map` refused.
fn store(path: &Path, code: &[u8]) -> io::Result<()> {
    private::make_dir(path.parent().unwrap_or(Path::new(".")))?;
    atomic::replace_flushed(path, code)?;
    make_room(path);
    Ok(())
}

/// Keeps the directory of an entry within its size.
fn make_room(path: &Path) {
    if let Some(dir) = path.parent() {
        let added = path.metadata().map_or(0, |meta| meta.len());
        // What is noted of files and of code lies one deeper.
        used::prune(dir, &[(dir, 1)], added, SIZE);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn fixture() -> (tempfile::TempDir, ArtifactCache, Engine, Wasm) {
        let dir = tempfile::tempdir().unwrap();
        let cache = ArtifactCache::at(&dir.path().join("artifacts"));
        let wasm = Wasm::from_bytes("empty.wat", b"(component)".to_vec()).unwrap();
        (
            dir,
            cache,
            Engine::application(&Default::default()).unwrap(),
            wasm,
        )
    }

    fn only_entry(dir: &Path) -> PathBuf {
        let entries = fs::read_dir(dir.join("artifacts")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let artifacts: Vec<_> = paths
            .filter(|path| path.extension().is_some_and(|ending| ending == "cwasm"))
            .collect();
        assert_eq!(artifacts.len(), 1, "{artifacts:?}");
        artifacts[0].clone()
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
