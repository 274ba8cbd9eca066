//! One file of a bundle.

/// What the platform loads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// What other modules import it by, without `./`.
    pub name: String,
    /// How it is loaded.
    pub kind: Kind,
    /// Its contents.
    pub bytes: Vec<u8>,
}

/// How a platform loads a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An ECMAScript module.
    Script,
    /// A core WebAssembly module.
    Wasm,
}

impl Module {
    /// An ECMAScript module.
    #[must_use]
    pub fn script(name: &str, text: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            kind: Kind::Script,
            bytes: text.into().into_bytes(),
        }
    }
}
