//! Code that was found valid before.
//!
//! Bodies of functions are nearly all there is to validate, and a language
//! runtime with one's own code in its memory has the same ones after each edit.
//! So it is noted which code was valid, by the digest of everything but what its
//! memories begin with; of what has that digest, only the rest is looked at.

use run_files::Digest;
use wasmparser::types::Types;
use wasmparser::{BinaryReaderError, Parser, ValidPayload, Validator, WasmFeatures};

use crate::images::Apart;
use crate::notes::Notes;

/// Part of the key of every note: other releases may know other rules.
const VERSION: &str = concat!("valid 1, run ", env!("CARGO_PKG_VERSION"));

/// What is validated faster than a note is read.
const LITTLE_CODE: usize = 256 << 10;

/// What was valid before, as it is noted. A note says with how many segments of
/// data each module was: code may name them by their numbers, and does so with any
/// that there were.
pub(crate) struct Before(pub(crate) Notes);

impl Before {
    /// As [`super::validate`], of a component without the bodies of functions
    /// that were found valid before.
    pub(crate) fn validate(
        &self,
        bytes: &[u8],
        features: WasmFeatures,
    ) -> Result<Types, BinaryReaderError> {
        let Some((key, segments)) = about(bytes, features) else {
            return super::validate(bytes, features);
        };
        if self.allows(key, &segments) {
            return outside_of_bodies(bytes, features);
        }
        let types = super::validate(bytes, features)?;
        let words: Vec<_> = segments.iter().map(ToString::to_string).collect();
        self.0.keep(key, &words.join(" "));
        Ok(types)
    }

    fn allows(&self, key: Digest, segments: &[usize]) -> bool {
        let Some(text) = self.0.get(key) else {
            return false;
        };
        let noted = text.split_whitespace().map(|word| word.parse().ok());
        noted
            .collect::<Option<Vec<usize>>>()
            .is_some_and(|noted| enough(segments, &noted))
    }
}

/// The key of the note on this code, and how many data segments it has; `None`
/// where it is not worth one.
fn about(bytes: &[u8], features: WasmFeatures) -> Option<(Digest, Vec<usize>)> {
    let apart = Apart::of(bytes).filter(|apart| apart.code() >= LITTLE_CODE)?;
    let key = Digest::of_fields([
        apart.digest().as_bytes().as_slice(),
        VERSION.as_bytes(),
        &features.bits().to_le_bytes(),
    ]);
    let segments = apart.images().iter().map(|image| image.segments());
    Some((key, segments.collect()))
}

fn enough(segments: &[usize], noted: &[usize]) -> bool {
    let mut pairs = segments.iter().zip(noted);
    segments.len() == noted.len() && pairs.all(|(there, noted)| there >= noted)
}

/// Everything but the bodies of functions.
fn outside_of_bodies(bytes: &[u8], features: WasmFeatures) -> Result<Types, BinaryReaderError> {
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut types = None;
    for payload in parser.parse_all(bytes) {
        if let ValidPayload::End(outermost) = validator.payload(&payload?)? {
            types = Some(outermost);
        }
    }
    match types {
        Some(types) => Ok(types),
        None => validator.end(bytes.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component with much code, and data of its own.
    fn component(data: &str, code: &str) -> Vec<u8> {
        let fill = "(drop (i32.const 1))".repeat(LITTLE_CODE / 3 + 1);
        let text = format!("(component (core module (memory 1) {data} (func {fill} {code})))");
        wat::parse_str(text).unwrap()
    }

    fn before() -> (tempfile::TempDir, Before) {
        let dir = tempfile::tempdir().unwrap();
        let notes = Notes::at(Some(dir.path().join("notes")));
        (dir, Before(notes))
    }

    #[test]
    fn bodies_are_validated_once_and_the_rest_always() {
        let (dir, before) = before();
        let features = WasmFeatures::all();
        let notes = || std::fs::read_dir(dir.path().join("notes")).map_or(0, Iterator::count);

        let broken = component(r#"(data (i32.const 0) "a")"#, "i32.add");
        for _ in 0..2 {
            assert!(before.validate(&broken, features).is_err());
            assert_eq!(notes(), 0, "what is not valid is not noted");
        }
        let valid = component(r#"(data (i32.const 0) "a")"#, "");
        before.validate(&valid, features).unwrap();
        let other = component(
            r#"(data (i32.const 7) "other") (data (i32.const 1) "b")"#,
            "",
        );
        before.validate(&other, features).unwrap();
        assert_eq!(notes(), 1);
        let fewer = WasmFeatures::WASM2 | WasmFeatures::COMPONENT_MODEL;
        before.validate(&valid, fewer).unwrap();
        assert_eq!(notes(), 2, "other features are another question");

        // That the note is believed is seen by one that lies.
        let unseen = component("", "i32.add");
        let (key, _) = about(&unseen, features).unwrap();
        before.0.keep(key, "");
        before.validate(&unseen, features).unwrap();
        let torn = &unseen[..unseen.len() - 1];
        assert!(before.validate(torn, features).is_err());
        before.0.keep(key, "1");
        assert!(
            before.validate(&unseen, features).is_err(),
            "of another module"
        );
    }

    #[test]
    fn code_that_names_a_segment_needs_it() {
        let (_dir, before) = before();
        let features = WasmFeatures::all();
        let one = r#"(data (i32.const 0) "a")"#;
        let two = format!("{one} {one}");
        let names = |data: &str| component(data, "(data.drop 1)");
        let mut wasm = names(&two);
        before.validate(&wasm, features).unwrap();
        before
            .validate(&names(&format!("{two} {one}")), features)
            .unwrap();
        // The second segment becomes a custom section, and the count of them is
        // one less: the sizes around stay as they are.
        let at = |bytes: &[u8], what: &[u8]| memchr::memmem::find(bytes, what).unwrap();
        let data = at(&wasm, &[11, 13, 2, 0, 0x41, 0, 0x0b, 1, b'a']);
        wasm[data + 1] = 7;
        wasm[data + 2] = 1;
        wasm[data + 9..data + 15].copy_from_slice(&[0, 4, 1, b'x', 0, 0]);
        let count = at(&wasm, &[12, 1, 2]);
        wasm[count + 2] = 1;
        let refused = before.validate(&wasm, features).err().unwrap();
        assert!(refused.to_string().contains("segment"), "{refused}");
    }
}
