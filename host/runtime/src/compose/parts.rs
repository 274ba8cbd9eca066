//! The components a composition may draw on, read no further than needed.

use std::cell::OnceCell;
use std::path::PathBuf;

use super::ComposeError;
use super::outline::{self, Outline, Unreadable};
use crate::{Error, Wasm};

/// A component that is composed, or may be drawn on.
#[derive(Clone)]
pub struct Part {
    /// What errors and choices call it.
    pub name: String,
    /// Its bytes, or why there are none.
    pub content: Content,
    /// Which component provides an import, where that was decided by hand.
    pub choices: Vec<Choice>,
    /// Named for this very composition. Such a part is preferred to all others,
    /// also to a choice, which was made for all times.
    pub given: bool,
}

/// The bytes of a part.
#[derive(Clone)]
pub enum Content {
    /// Read already.
    Wasm(Wasm),
    /// A file, read when it is needed.
    File(PathBuf),
    /// Not there: to be built first.
    NotBuilt(PathBuf),
    /// Not to be used.
    Disabled,
}

/// A decision on who provides an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The import: `ns:pkg/iface`, the same with `@version`, or the name of a
    /// function.
    pub import: String,
    /// The name of the part that provides it.
    pub provider: String,
}

/// All parts; the first is the one that is composed.
pub(super) struct Parts(Vec<Entry>);

struct Entry {
    part: Part,
    outline: OnceCell<Outline>,
    wasm: OnceCell<Wasm>,
}

impl Parts {
    pub(super) fn new(root: Part, others: Vec<Part>) -> Self {
        let entry = |part| Entry {
            part,
            outline: OnceCell::new(),
            wasm: OnceCell::new(),
        };
        Self(std::iter::once(root).chain(others).map(entry).collect())
    }

    pub(super) fn get(&self, index: usize) -> &Part {
        &self.0[index].part
    }

    pub(super) fn name(&self, index: usize) -> &str {
        &self.0[index].part.name
    }

    /// The indices of all parts.
    pub(super) fn indices(&self) -> std::ops::Range<usize> {
        0..self.0.len()
    }

    /// Names in and out. A part that is not there has none.
    pub(super) fn outline(&self, index: usize) -> Result<&Outline, ComposeError> {
        let entry = &self.0[index];
        if let Some(outline) = entry.outline.get() {
            return Ok(outline);
        }
        let outline = match &entry.part.content {
            Content::NotBuilt(_) | Content::Disabled => Outline::default(),
            Content::Wasm(wasm) => self.of_wasm(index, wasm)?,
            Content::File(path) => match outline::of_file(path) {
                Ok(outline) => outline,
                // Text is assembled; what is wrong with the rest is best said
                // by what reads all of it.
                Err(_) => self.of_wasm(index, self.wasm(index)?)?,
            },
        };
        Ok(entry.outline.get_or_init(|| outline))
    }

    fn of_wasm(&self, index: usize, wasm: &Wasm) -> Result<Outline, ComposeError> {
        outline::of_bytes(wasm.bytes()).map_err(|why| {
            let reason = match why {
                Unreadable::Io(error) => error.to_string(),
                Unreadable::Text => "it is not a binary".to_owned(),
                Unreadable::Malformed(reason) => reason,
            };
            Error::Invalid {
                name: self.name(index).to_owned(),
                reason,
            }
            .into()
        })
    }

    /// All bytes of a part.
    pub(super) fn wasm(&self, index: usize) -> Result<&Wasm, ComposeError> {
        let entry = &self.0[index];
        match &entry.part.content {
            Content::Wasm(wasm) => Ok(wasm),
            Content::File(path) | Content::NotBuilt(path) => {
                if let Some(wasm) = entry.wasm.get() {
                    return Ok(wasm);
                }
                let wasm = Wasm::read(path)?;
                Ok(entry.wasm.get_or_init(|| wasm))
            }
            Content::Disabled => Err(Error::Invalid {
                name: entry.part.name.clone(),
                reason: "it is disabled".to_owned(),
            }
            .into()),
        }
    }
}
