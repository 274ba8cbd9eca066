//! Artifacts of components that were compiled before with other contents of
//! their memories.
//!
//! A language runtime with one's own code in its memory is mostly the runtime,
//! and takes seconds to compile. Compiled code does not depend on what is in a
//! memory; the artifact only has it somewhere. So the first such component is
//! compiled with a pattern for contents, which says where that is, and every one
//! after it is a copy of that artifact with contents of its own.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use run_files::{atomic, private, used};
use wasmtime::component::Component;

use super::{ArtifactCache, compilable, make_room, store};
use crate::images::{Apart, pattern};
use crate::wasm::Kind;
use crate::{Engine, Wasm};

/// Part of the key of every component's artifact, so that one of a key is never
/// made in two ways.
pub(super) const VERSION: &[u8] = b"images 1";

/// What is compiled faster than another artifact is copied.
const LITTLE_CODE: usize = 256 << 10;

impl ArtifactCache {
    /// Makes the artifact of a component at `path` by way of another's; `None`
    /// where that is not to be had, and it is compiled by itself.
    pub(super) fn alike(&self, engine: &Engine, wasm: &Wasm, path: &Path) -> Option<()> {
        if wasm.kind() != Kind::Component {
            return None;
        }
        let apart = Apart::of(wasm.bytes())
            .filter(|apart| !apart.images().is_empty() && apart.code() >= LITTLE_CODE)?;
        let entry = self.entry(engine, apart.digest(), Kind::Component)?;
        let note = entry.with_extension("alike");
        if let Some((artifact, places)) = known(&note, &apart) {
            used::touch(&artifact);
            let change = |file: &File| fill(file, &apart, &places);
            atomic::replace_with_changed(path, &artifact, change).ok()?;
            make_room(path);
            return Some(());
        }
        let (mut code, places) = compiled(engine, wasm, &apart)?;
        let name = path.file_name()?.to_str()?;
        store(&note, Note::text(name, &places).as_bytes()).ok()?;
        for (image, place) in apart.images().iter().zip(places) {
            image.fill(code.get_mut(place..place.checked_add(image.size())?)?);
        }
        store(path, &code).ok()
    }
}

/// Puts the images into a copy of an artifact.
fn fill(file: &File, apart: &Apart<'_>, places: &[usize]) -> io::Result<()> {
    let length = file.metadata()?.len();
    for (image, &place) in apart.images().iter().zip(places) {
        let mut bytes = vec![0; image.size()];
        image.fill(&mut bytes);
        let place = place as u64;
        if place
            .checked_add(bytes.len() as u64)
            .is_none_or(|end| end > length)
        {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut file = file;
        file.seek(SeekFrom::Start(place))?;
        file.write_all(&bytes)?;
    }
    Ok(())
}

/// An artifact of the same code, and where the images are in it.
fn known(note: &Path, apart: &Apart<'_>) -> Option<(PathBuf, Vec<usize>)> {
    let dir = note.parent()?;
    if !private::is_dir(dir) || !private::is_file(note) {
        return None;
    }
    let text = fs::read_to_string(note).ok()?;
    let note = Note::parse(&text)?;
    let artifact = dir.join(note.artifact);
    let usable = note.places.len() == apart.images().len() && private::is_file(&artifact);
    usable.then_some((artifact, note.places))
}

/// Compiles it with patterns for contents.
fn compiled(engine: &Engine, wasm: &Wasm, apart: &Apart<'_>) -> Option<(Vec<u8>, Vec<usize>)> {
    let filled = Wasm::from_bytes(wasm.name(), apart.with_patterns()?).ok()?;
    let bytes = compilable(&filled, engine.nans() == crate::engine::Nans::Canonical).ok()?;
    let component = Component::from_binary(engine.wasmtime(), &bytes).ok()?;
    let code = component.serialize().ok()?;
    let images = apart.images().iter().enumerate();
    let places = images
        .map(|(index, image)| memchr::memmem::find(&code, &pattern(index, image.size())))
        .collect::<Option<_>>()?;
    Some((code, places))
}

/// What is kept of an artifact: its name, and where images begin in it.
struct Note<'t> {
    artifact: &'t str,
    places: Vec<usize>,
}

impl<'t> Note<'t> {
    fn text(artifact: &str, places: &[usize]) -> String {
        let mut text = artifact.to_owned();
        for place in places {
            text.push_str(&format!(" {place}"));
        }
        text
    }

    fn parse(text: &'t str) -> Option<Self> {
        let mut words = text.split(' ');
        let artifact = words.next().filter(|name| name.ends_with(".cwasm"))?;
        let places = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
        // A name, and no path.
        (!artifact.contains(['/', '\\'])).then_some(Self { artifact, places })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::Store;
    use wasmtime::component::Linker;

    /// A component that tells the number in its memory, with much code.
    fn component(number: u8, other: &str) -> Wasm {
        let code = "(drop (i32.const 1))".repeat(LITTLE_CODE / 3 + 1);
        let text = format!(
            r#"(component
                (core module $m
                    (memory 2)
                    (data (i32.const 70000) "\{number:02x}")
                    (func (export "tell") (result i32) (i32.load (i32.const 70000)))
                    (func {code})
                    {other})
                (core instance $i (instantiate $m))
                (func (export "tell") (result s32) (canon lift (core func $i "tell"))))"#
        );
        Wasm::from_bytes("made", text.into_bytes()).unwrap()
    }

    fn tells(engine: &Engine, component: &Component) -> i32 {
        let mut store = Store::new(engine.wasmtime(), ());
        store.set_fuel(1_000_000).unwrap();
        let instance = Linker::new(engine.wasmtime())
            .instantiate(&mut store, component)
            .unwrap();
        let tell = instance
            .get_typed_func::<(), (i32,)>(&mut store, "tell")
            .unwrap();
        tell.call(&mut store, ()).unwrap().0
    }

    fn with_ending(dir: &Path, ending: &str) -> Vec<PathBuf> {
        let paths = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|its| its == ending))
            .collect()
    }

    fn endings(dir: &Path, ending: &str) -> usize {
        with_ending(dir, ending).len()
    }

    #[test]
    fn other_contents_are_not_compiled_again() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("artifacts");
        let cache = ArtifactCache::at(&dir);
        let engine = Engine::application(&Default::default()).unwrap();
        for number in [7, 8, 0] {
            let loaded = cache.load(&engine, &component(number, "")).unwrap();
            assert_eq!(tells(&engine, &loaded), i32::from(number));
        }
        assert_eq!((endings(&dir, "cwasm"), endings(&dir, "alike")), (3, 1));
        let changed = component(9, "(func unreachable)");
        assert_eq!(tells(&engine, &cache.load(&engine, &changed).unwrap()), 9);
        assert_eq!((endings(&dir, "cwasm"), endings(&dir, "alike")), (4, 2));

        // What a note leads to may be gone.
        for artifact in with_ending(&dir, "cwasm") {
            fs::remove_file(artifact).unwrap();
        }
        let again = cache.load(&engine, &component(5, "")).unwrap();
        assert_eq!(tells(&engine, &again), 5);
        assert_eq!((endings(&dir, "cwasm"), endings(&dir, "alike")), (1, 2));
    }

    #[test]
    fn code_that_names_a_segment_is_compiled_by_itself() {
        let dir = tempfile::tempdir().unwrap();
        let cache = ArtifactCache::at(&dir.path().join("artifacts"));
        let engine = Engine::application(&Default::default()).unwrap();
        let named = component(6, r#"(data (i32.const 0) "x") (func (data.drop 1))"#);
        let path = dir.path().join("artifacts/named.cwasm");
        assert!(cache.alike(&engine, &named, &path).is_none());
        assert_eq!(tells(&engine, &cache.load(&engine, &named).unwrap()), 6);
    }

    #[test]
    fn a_note_names_no_path() {
        let text = Note::text("ab.cwasm", &[4096, 69632]);
        let note = Note::parse(&text).unwrap();
        assert_eq!(
            (note.artifact, note.places),
            ("ab.cwasm", vec![4096, 69632])
        );
        for bad in ["", "ab.wasm 1", "../ab.cwasm 1", "ab.cwasm x"] {
            assert!(Note::parse(bad).is_none(), "{bad}");
        }
    }
}
