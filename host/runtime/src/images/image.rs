//! What the memory of a core module begins with, as its data segments say.

use std::ops::Range;

use wasmparser::{
    BinaryReader, DataKind, DataSectionReader, ImportSectionReader, MemorySectionReader, Operator,
    TypeRef,
};

use super::Odd;
use crate::sections::{DATA, DATA_COUNT, IMPORT, MEMORY, Section, leb128, write};

/// What images are made of, so that a few bytes more or less make no other one.
/// It is the page of WebAssembly, and a multiple of any system's.
const PAGE: u64 = 1 << 16;

/// The engine copies segments one by one, and makes no image of them, where one
/// would be larger than this and mostly empty.
const ALWAYS: u64 = 16 << 20;

/// Where the contents of a memory are, and what they are.
pub(crate) struct Image<'a> {
    /// In the memory, in whole pages.
    range: Range<u64>,
    /// Where each begins, in the order in which they are written.
    segments: Vec<(u64, &'a [u8])>,
}

impl<'a> Image<'a> {
    /// `None` where contents depend on more than this module, are out of its
    /// memory's bounds, or are sparse.
    pub(super) fn of(sections: &[Section<'a>]) -> Option<Self> {
        Self::read(sections).ok()
    }

    fn read(sections: &[Section<'a>]) -> Result<Self, Odd> {
        let mut memory = None;
        let mut segments = None;
        let mut count = None;
        for section in sections {
            let reader = BinaryReader::new(section.content, 0);
            match section.id {
                IMPORT => no_memory(ImportSectionReader::new(reader)?)?,
                MEMORY => once(&mut memory, size(MemorySectionReader::new(reader)?)?)?,
                DATA => once(&mut segments, active(DataSectionReader::new(reader)?)?)?,
                DATA_COUNT => once(&mut count, { reader }.read_var_u32()? as usize)?,
                _ => {}
            }
        }
        let (memory, segments) = memory.zip(segments).ok_or(Odd)?;
        if count.is_some_and(|count| count != segments.len()) {
            return Err(Odd);
        }
        let ends = |&(start, bytes): &(u64, &[u8])| start + bytes.len() as u64;
        let written: u64 = segments.iter().map(|(_, bytes)| bytes.len() as u64).sum();
        let start = segments.iter().map(|(start, _)| *start).min().ok_or(Odd)?;
        let end = segments.iter().map(ends).max().ok_or(Odd)?;
        if written == 0 || end > memory {
            return Err(Odd);
        }
        let range = start / PAGE * PAGE..end.next_multiple_of(PAGE);
        let extent = range.end - range.start;
        if extent >= ALWAYS && extent >= 2 * written {
            return Err(Odd);
        }
        Ok(Self { range, segments })
    }

    /// Whether a section is another one where the contents are others.
    pub(super) fn replaces(section: &Section<'_>) -> bool {
        matches!(section.id, DATA | DATA_COUNT)
    }

    /// Where in the memory the image is.
    pub(super) fn place(&self) -> [u8; 16] {
        let both = u128::from(self.range.start) << 64 | u128::from(self.range.end);
        both.to_be_bytes()
    }

    /// Its size in bytes.
    pub(crate) fn size(&self) -> usize {
        (self.range.end - self.range.start) as usize
    }

    /// How many segments it is written in.
    pub(crate) fn segments(&self) -> usize {
        self.segments.len()
    }

    /// Writes it to a place of its size.
    pub(crate) fn fill(&self, place: &mut [u8]) {
        place.fill(0);
        for (start, bytes) in &self.segments {
            let at = (start - self.range.start) as usize;
            place[at..at + bytes.len()].copy_from_slice(bytes);
        }
    }

    /// The module with other contents.
    pub(super) fn module_with(
        &self,
        header: &[u8],
        sections: &[Section<'_>],
        contents: &[u8],
    ) -> Result<Vec<u8>, Odd> {
        let mut out = header.to_vec();
        for section in sections {
            match section.id {
                DATA => write(DATA, &self.segment(contents)?, &mut out)?,
                DATA_COUNT => write(DATA_COUNT, &[1], &mut out)?,
                _ => out.extend(section.whole),
            }
        }
        Ok(out)
    }

    /// A section of one active segment.
    fn segment(&self, contents: &[u8]) -> Result<Vec<u8>, Odd> {
        const I32_CONST: u8 = 0x41;
        const END: u8 = 0x0b;
        let mut out = vec![1, 0, I32_CONST];
        signed(u32::try_from(self.range.start)?.cast_signed(), &mut out);
        out.push(END);
        leb128(u32::try_from(contents.len())?, &mut out);
        out.extend(contents);
        Ok(out)
    }
}

/// Keeps what there may be one of.
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), Odd> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Odd),
    }
}

fn no_memory(imports: ImportSectionReader<'_>) -> Result<(), Odd> {
    for import in imports.into_imports() {
        if let TypeRef::Memory(_) = import?.ty {
            return Err(Odd);
        }
    }
    Ok(())
}

/// The bytes of the one memory there is.
fn size(memories: MemorySectionReader<'_>) -> Result<u64, Odd> {
    let mut memories = memories.into_iter();
    let memory = memories.next().ok_or(Odd)??;
    let plain = !memory.memory64 && !memory.shared && memory.page_size_log2.is_none();
    match (plain, memories.next()) {
        (true, None) => memory.initial.checked_mul(PAGE).ok_or(Odd),
        _ => Err(Odd),
    }
}

/// The segments, where all of them are written before anything runs.
fn active<'a>(section: DataSectionReader<'a>) -> Result<Vec<(u64, &'a [u8])>, Odd> {
    section
        .into_iter()
        .map(|segment| {
            let segment = segment?;
            let DataKind::Active {
                memory_index: 0,
                offset_expr,
            } = segment.kind
            else {
                return Err(Odd);
            };
            let mut expression = offset_expr.get_operators_reader();
            let Operator::I32Const { value } = expression.read()? else {
                return Err(Odd);
            };
            match expression.read()? {
                Operator::End if expression.eof() => {
                    Ok((u64::from(value.cast_unsigned()), segment.data))
                }
                _ => Err(Odd),
            }
        })
        .collect()
}

/// Appends a signed number.
fn signed(mut number: i32, out: &mut Vec<u8>) {
    loop {
        let low = number as u8 & 0x7f;
        number >>= 7;
        let done = number == 0 && low & 0x40 == 0 || number == -1 && low & 0x40 != 0;
        if done {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}
