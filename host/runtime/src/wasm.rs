//! WebAssembly bytes with their digest: read from a binary or a text file.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use run_files::Digest;

use crate::Error;

/// What some WebAssembly bytes are, from their first eight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A component (Component Model, layer 1).
    Component,
    /// A core module.
    CoreModule,
}

/// The bytes of a component or core module, never text, with their digest.
#[derive(Clone)]
pub struct Wasm {
    name: String,
    bytes: Arc<Bytes>,
    /// When it is first asked for.
    digest: OnceLock<Digest>,
    kind: Kind,
}

/// Bytes, when they are first asked for.
type Bytes = LazyLock<Vec<u8>, Box<dyn FnOnce() -> Vec<u8> + Send>>;

fn there(bytes: Vec<u8>) -> Arc<Bytes> {
    let bytes: Bytes = LazyLock::new(Box::new(|| bytes));
    Arc::new(bytes)
}

impl Wasm {
    /// Reads `path`: a binary, or text (`.wat`). Where `x.wasm` is missing and
    /// `x.wat` is there, that is read instead.
    ///
    /// # Errors
    /// The file cannot be read, is neither form, or its text does not parse.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = path.with_extension("wat");
        let path =
            if !path.exists() && path.extension().is_some_and(|e| e == "wasm") && text.exists() {
                &text
            } else {
                path
            };
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|source| Error::Read {
            name: name.clone(),
            source: source.into(),
        })?;
        Self::from_bytes(&name, bytes)
    }

    /// From bytes in binary or text form; `name` is what errors call them.
    ///
    /// # Errors
    /// The bytes are neither form, or the text does not parse.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, Error> {
        let bytes = if bytes.starts_with(b"\0asm") {
            bytes
        } else {
            assemble(name, &bytes)?
        };
        let kind = match bytes.get(4..8) {
            Some([_, _, 0, 0]) => Kind::CoreModule,
            Some([_, _, 1, 0]) => Kind::Component,
            _ => {
                return Err(Error::Invalid {
                    name: name.to_owned(),
                    reason: "the file ends before its header does".to_owned(),
                });
            }
        };
        Ok(Self {
            name: name.to_owned(),
            bytes: there(bytes),
            digest: OnceLock::new(),
            kind,
        })
    }

    /// From a binary component whose digest is already known to be `digest`.
    #[must_use]
    pub fn trusted_component(name: &str, bytes: Vec<u8>, digest: Digest) -> Self {
        Self {
            name: name.to_owned(),
            bytes: there(bytes),
            digest: digest.into(),
            kind: Kind::Component,
        }
    }

    /// The same, of bytes that are made when they are first asked for: one that
    /// has been compiled before is found by its digest, and needs none.
    #[must_use]
    pub fn deferred_component(
        name: &str,
        digest: Digest,
        bytes: impl FnOnce() -> Vec<u8> + Send + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            bytes: Arc::new(LazyLock::new(Box::new(bytes))),
            digest: digest.into(),
            kind: Kind::Component,
        }
    }

    /// What errors call these bytes: usually the path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The binary form.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest of the binary form.
    #[must_use]
    pub fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| Digest::of(self.bytes()))
    }

    /// Component or core module.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

fn assemble(name: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    if bytes.trim_ascii().is_empty() {
        return Err(Error::Invalid {
            name: name.to_owned(),
            reason: "the file is empty".to_owned(),
        });
    }
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| Error::Invalid {
            name: name.to_owned(),
            reason: "it is neither a WebAssembly binary nor WebAssembly text".to_owned(),
        })?;
    wat::parse_str(text).map_err(|error| Error::text(name, text, &error))
}
