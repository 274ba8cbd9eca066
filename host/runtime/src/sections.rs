//! The binary format as far as modules and components are taken apart and put
//! together again here: sections, and numbers.

use wasmparser::{BinaryReader, BinaryReaderError};

/// What is in front of the first section.
pub(crate) const HEADER: usize = 8;

/// The ids of sections.
pub(crate) const CUSTOM: u8 = 0;
pub(crate) const IMPORT: u8 = 2;
pub(crate) const MEMORY: u8 = 5;
pub(crate) const CODE: u8 = 10;
pub(crate) const DATA: u8 = 11;
pub(crate) const DATA_COUNT: u8 = 12;
/// Those of components.
pub(crate) const CORE_MODULE: u8 = 1;
pub(crate) const COMPONENT: u8 = 4;

/// One section.
pub(crate) struct Section<'a> {
    pub(crate) id: u8,
    pub(crate) content: &'a [u8],
    /// With what is in front of the contents.
    pub(crate) whole: &'a [u8],
}

/// The sections of a module or a component, in their order.
pub(crate) fn sections(wasm: &[u8]) -> Result<Vec<Section<'_>>, BinaryReaderError> {
    let mut reader = BinaryReader::new(wasm, 0);
    reader.read_bytes(HEADER)?;
    let mut sections = Vec::new();
    while !reader.eof() {
        let start = reader.original_position();
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()?;
        let content = reader.read_bytes(size as usize)?;
        sections.push(Section {
            id,
            content,
            whole: &wasm[start..reader.original_position()],
        });
    }
    Ok(sections)
}

/// Appends a section.
///
/// # Errors
/// It is larger than the format can say.
pub(crate) fn write(
    id: u8,
    content: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), std::num::TryFromIntError> {
    let size = u32::try_from(content.len())?;
    out.push(id);
    leb128(size, out);
    out.extend(content);
    Ok(())
}

/// Appends a text with its length.
///
/// # Errors
/// It is longer than the format can say.
pub(crate) fn write_name(name: &str, out: &mut Vec<u8>) -> Result<(), std::num::TryFromIntError> {
    leb128(u32::try_from(name.len())?, out);
    out.extend(name.as_bytes());
    Ok(())
}

/// Appends a number.
pub(crate) fn leb128(mut number: u32, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
