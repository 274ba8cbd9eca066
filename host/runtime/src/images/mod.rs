//! A component apart from what its memories begin with.
//!
//! Components that were initialised beforehand, as language runtimes are, differ
//! from build to build in that and in nothing else. So it is taken off: what is
//! left has a digest, by which compiled code is found again, and can be compiled
//! with something else in its place.

mod image;
mod pattern;

use std::borrow::Cow;

use run_files::Digest;
use wasmparser::BinaryReaderError;

use crate::sections::{CODE, COMPONENT, CORE_MODULE, HEADER, Section, sections, write};
pub(crate) use image::Image;
pub(crate) use pattern::pattern;

/// Components are not nested deeper by any tool.
const MAX_DEPTH: usize = 100;

/// A component taken apart.
pub(crate) struct Apart<'a> {
    wasm: &'a [u8],
    /// Of everything but the contents.
    digest: Digest,
    /// What the memories begin with, in the order of their modules.
    images: Vec<Image<'a>>,
    /// Bytes of code.
    code: usize,
}

impl<'a> Apart<'a> {
    /// `None` where it is no component that is valid as far as it is looked at.
    pub(crate) fn of(wasm: &'a [u8]) -> Option<Self> {
        let mut parts = Parts::default();
        parts.component(wasm, 0).ok()?;
        Some(Self {
            wasm,
            digest: Digest::of_fields(parts.rest.iter().map(AsRef::as_ref)),
            images: parts.images,
            code: parts.code,
        })
    }

    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    /// What was taken off; nothing, where nothing can be.
    pub(crate) fn images(&self) -> &[Image<'a>] {
        &self.images
    }

    /// How much code it has, in bytes.
    pub(crate) fn code(&self) -> usize {
        self.code
    }

    /// The component with a [`pattern`] for each image. All with the same digest
    /// become the same.
    pub(crate) fn with_patterns(&self) -> Option<Vec<u8>> {
        let mut index = 0;
        filled(self.wasm, &mut index).ok()
    }
}

/// What is put together while a component is walked through.
#[derive(Default)]
struct Parts<'a> {
    rest: Vec<Cow<'a, [u8]>>,
    images: Vec<Image<'a>>,
    code: usize,
}

impl<'a> Parts<'a> {
    fn component(&mut self, wasm: &'a [u8], depth: usize) -> Result<(), Odd> {
        if depth == MAX_DEPTH {
            return Err(Odd);
        }
        self.rest.push(wasm[..HEADER.min(wasm.len())].into());
        for Section { id, content, whole } in sections(wasm)? {
            match id {
                CORE_MODULE => {
                    self.mark(b"module");
                    self.module(content)?;
                    self.mark(b"end");
                }
                COMPONENT => {
                    self.mark(b"component");
                    self.component(content, depth + 1)?;
                    self.mark(b"end");
                }
                _ => self.rest.push(whole.into()),
            }
        }
        Ok(())
    }

    fn module(&mut self, wasm: &'a [u8]) -> Result<(), Odd> {
        let sections = sections(wasm)?;
        let code = sections.iter().filter(|section| section.id == CODE);
        self.code += code.map(|section| section.content.len()).sum::<usize>();
        let Some(image) = Image::of(&sections) else {
            self.rest.push(wasm.into());
            return Ok(());
        };
        self.rest.push(wasm[..HEADER].into());
        for section in &sections {
            match Image::replaces(section) {
                // Where the image is counts, and what is in it does not.
                true => self.rest.push(image.place().to_vec().into()),
                false => self.rest.push(section.whole.into()),
            }
        }
        self.images.push(image);
        Ok(())
    }

    fn mark(&mut self, text: &'static [u8]) {
        self.rest.push(text.into());
    }
}

fn filled(wasm: &[u8], index: &mut usize) -> Result<Vec<u8>, Odd> {
    let mut out = Vec::with_capacity(wasm.len() + (1 << 17));
    out.extend(&wasm[..HEADER]);
    for Section { id, content, whole } in sections(wasm)? {
        match id {
            CORE_MODULE => {
                let sections = sections(content)?;
                match Image::of(&sections) {
                    Some(image) => {
                        let filling = pattern(*index, image.size());
                        *index += 1;
                        write(
                            id,
                            &image.module_with(&content[..HEADER], &sections, &filling)?,
                            &mut out,
                        )?;
                    }
                    None => out.extend(whole),
                }
            }
            COMPONENT => write(id, &filled(content, index)?, &mut out)?,
            _ => out.extend(whole),
        }
    }
    Ok(out)
}

/// It is not what is expected; whoever compiles it says why.
#[derive(Debug)]
struct Odd;

impl From<BinaryReaderError> for Odd {
    fn from(_: BinaryReaderError) -> Self {
        Self
    }
}

impl From<std::num::TryFromIntError> for Odd {
    fn from(_: std::num::TryFromIntError) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests;
