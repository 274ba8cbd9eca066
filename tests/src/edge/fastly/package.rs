//! What is uploaded.

use std::io::Read as _;

use flate2::read::GzDecoder;

use super::command;
use crate::Scratch;
use crate::edge::{Request, parts};

/// An uploaded package.
#[derive(Debug, Clone)]
pub struct Package {
    /// What the archive is called.
    pub file: String,
    /// The archive.
    pub bytes: Vec<u8>,
    /// Its files, by name.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Package {
    /// The one of an upload.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let mut parts = parts(request);
        assert_eq!(parts.len(), 1, "the package alone");
        let part = parts.remove(0);
        assert_eq!(part.name, "package");
        assert_eq!(part.kind, "application/octet-stream");
        let mut archive = Vec::new();
        let read = GzDecoder::new(part.bytes.as_slice()).read_to_end(&mut archive);
        read.expect("an archive");
        let mut files = Vec::new();
        let mut rest = archive.as_slice();
        while rest.first().is_some_and(|byte| *byte != 0) {
            let text = |from: usize, length: usize| {
                let field = &rest[from..from + length];
                let end = field.iter().position(|byte| *byte == 0).unwrap_or(length);
                String::from_utf8(field[..end].to_vec()).expect("UTF-8")
            };
            let size = usize::from_str_radix(text(124, 12).trim(), 8).expect("a size");
            files.push((text(0, 100), rest[512..512 + size].to_vec()));
            rest = &rest[512 + size.next_multiple_of(512)..];
        }
        Self {
            file: part.filename.expect("a file's name"),
            bytes: part.bytes,
            files,
        }
    }

    /// The component.
    ///
    /// # Panics
    /// There is none.
    #[must_use]
    pub fn component(&self) -> &[u8] {
        let mut files = self.files.iter();
        let found = files.find(|(name, _)| name.ends_with("/bin/main.wasm"));
        &found.expect("a component").1
    }

    /// Something that follows from the files, as `files_hash` does: what the
    /// platform's own command says of them.
    ///
    /// # Panics
    /// The command does not run.
    #[must_use]
    pub fn files_hash(&self) -> String {
        let files = Scratch::new();
        let path = files.path().join(&self.file);
        std::fs::write(&path, &self.bytes).expect("a file");
        let said = command(&["compute", "hash-files", "--package"], &path);
        let hash = said.lines().find(|line| line.trim().len() == 128);
        hash.unwrap_or_else(|| panic!("no hash in {said}"))
            .trim()
            .to_owned()
    }
}
