//! Components and modules, section by section: whatever is not code, and does
//! not speak of code, stays as it is to the byte.

use wasmparser::{BinaryReader, CodeSectionReader, FunctionBody};

use super::places::Places;
use super::sequence::Scratch;
use super::signatures::Signatures;
use super::{Refused, body, debug};
use crate::sections::{
    CODE, COMPONENT, CORE_MODULE, CUSTOM, HEADER, Section, leb128, sections, write, write_name,
};

/// What the format, as the engine reads it, has at most.
const MAX_LOCALS: u64 = 50_000;
const MAX_FUNCTION: usize = 7_654_321;
const MAX_DEPTH: usize = 100;

/// The rewritten form of valid bytes; `None` where nothing has to change.
pub(super) fn rewrite(wasm: &[u8]) -> Result<Option<Vec<u8>>, Refused> {
    component_or_module(wasm, 0)
}

fn component_or_module(wasm: &[u8], depth: usize) -> Result<Option<Vec<u8>>, Refused> {
    let sections = sections(wasm)?;
    match wasm.get(6) {
        Some(0) => module(wasm, &sections),
        _ if depth == MAX_DEPTH => Err(Refused::Depth),
        _ => component(wasm, &sections, depth),
    }
}

fn component(
    wasm: &[u8],
    sections: &[Section<'_>],
    depth: usize,
) -> Result<Option<Vec<u8>>, Refused> {
    let inner = sections
        .iter()
        .map(|section| match section.id {
            CORE_MODULE | COMPONENT => component_or_module(section.content, depth + 1),
            _ => Ok(None),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if inner.iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut out = Vec::with_capacity(wasm.len() + wasm.len() / 16);
    out.extend(&wasm[..HEADER]);
    for (section, inner) in sections.iter().zip(inner) {
        match inner {
            Some(content) => write(section.id, &content, &mut out)?,
            None => out.extend(section.whole),
        }
    }
    Ok(Some(out))
}

fn module(wasm: &[u8], sections: &[Section<'_>]) -> Result<Option<Vec<u8>>, Refused> {
    let mut signatures = Signatures::default();
    let mut rewritten = None;
    for section in sections {
        if section.id == CODE {
            rewritten = code(&signatures, section.content)?;
        } else {
            signatures.read(section.id, section.content)?;
        }
    }
    let Some((code, places)) = rewritten else {
        return Ok(None);
    };
    let mut out = Vec::with_capacity(wasm.len() + wasm.len() / 16);
    out.extend(&wasm[..HEADER]);
    let mut debugging = Vec::new();
    for section in sections {
        match section.id {
            CODE => write(CODE, &code, &mut out)?,
            CUSTOM => {
                let mut reader = BinaryReader::new(section.content, 0);
                let name = reader.read_string()?;
                if name.starts_with(".debug_") {
                    debugging.push((name, reader.read_bytes(reader.bytes_remaining())?));
                } else if !is_about_code(name) {
                    out.extend(section.whole);
                }
            }
            _ => out.extend(section.whole),
        }
    }
    for (name, content) in debug::moved(&debugging, &places) {
        let mut section = Vec::new();
        write_name(name, &mut section)?;
        section.extend(content);
        write(CUSTOM, &section, &mut out)?;
    }
    Ok(Some(out))
}

/// Whether a custom section has offsets into code, which would be wrong now. It
/// is for linkers, or a hint, or points to a file with such offsets.
fn is_about_code(name: &str) -> bool {
    name.starts_with("metadata.code.")
        || name.starts_with("reloc.")
        || matches!(name, "linking" | "sourceMappingURL" | "external_debug_info")
}

/// A code section with where things are in it; `None` where nothing changes.
fn code(signatures: &Signatures, content: &[u8]) -> Result<Option<(Vec<u8>, Places)>, Refused> {
    let reader = CodeSectionReader::new(BinaryReader::new(content, 0))?;
    let mut out = Vec::new();
    let mut places = Places::default();
    places.moved(0, 0);
    let mut changed = false;
    // What of the old section is in the new one.
    let mut copied = 0;
    for (index, body) in reader.into_iter().enumerate() {
        let body = body?;
        let range = body.range();
        // The validator has seen a type for each of them.
        let ty = signatures.of_body(index).ok_or(Refused::Size)?;
        let sites = body::seen(signatures, ty, &body)?;
        if !sites.is_empty() {
            let mut rewritten = Body::new(&body, ty.params().len(), content)?;
            for site in &sites {
                rewritten.replace(site);
            }
            changed = true;
            // The size in front of it is written anew, the rest as it was.
            out.extend(&content[copied..size_start(content, copied, range.start)]);
            rewritten.finish(&mut out, &mut places)?;
        } else {
            out.extend(&content[copied..range.end]);
        }
        copied = range.end;
        places.moved(copied, out.len());
    }
    places.end(content.len());
    Ok(changed.then_some((out, places)))
}

/// Where the size of a body begins that ends at `body`: what was copied before
/// ends there, but for the first, which has the number of bodies in front.
fn size_start(content: &[u8], copied: usize, body: usize) -> usize {
    if copied > 0 {
        return copied;
    }
    let count = content.iter().position(|byte| byte & 0x80 == 0);
    count.map_or(copied, |last| (last + 1).min(body))
}

/// A function that is being rewritten.
struct Body<'a> {
    content: &'a [u8],
    end: usize,
    groups: u32,
    /// The locals, without their number.
    locals: &'a [u8],
    /// Where they begin, with their number.
    start: usize,
    copied: usize,
    scratch: Scratch,
    code: Vec<u8>,
    /// As in [`Places`], the new ones in `code`.
    moves: Vec<(usize, usize)>,
}

impl<'a> Body<'a> {
    fn new(body: &FunctionBody<'a>, params: usize, content: &'a [u8]) -> Result<Self, Refused> {
        let range = body.range();
        let mut reader = body.get_locals_reader()?;
        let (groups, first) = (reader.get_count(), reader.original_position());
        let mut locals = params as u64;
        for _ in 0..groups {
            locals += u64::from(reader.read()?.0);
        }
        // Three more at most.
        if locals + 3 > MAX_LOCALS {
            return Err(Refused::Locals(locals));
        }
        let code = reader.original_position();
        Ok(Self {
            content,
            end: range.end,
            groups,
            locals: &content[first..code],
            start: range.start,
            copied: code,
            scratch: Scratch::behind(u32::try_from(locals)?),
            code: Vec::with_capacity(range.len() * 2),
            moves: vec![(code, 0)],
        })
    }

    fn replace(&mut self, site: &super::flow::Site) {
        self.code.extend(&self.content[self.copied..site.behind]);
        self.copied = site.behind;
        self.scratch.write(site.makes, &mut self.code);
        self.moves.push((site.behind, self.code.len()));
    }

    fn finish(mut self, out: &mut Vec<u8>, places: &mut Places) -> Result<(), Refused> {
        self.code.extend(&self.content[self.copied..self.end]);
        let types = self.scratch.types();
        let mut locals = Vec::with_capacity(self.locals.len() + 16);
        leb128(self.groups + types.len() as u32, &mut locals);
        locals.extend(self.locals);
        for ty in types {
            locals.extend([1, *ty]);
        }
        let size = locals.len() + self.code.len();
        if size > MAX_FUNCTION {
            return Err(Refused::Size);
        }
        leb128(u32::try_from(size)?, out);
        places.moved(self.start, out.len());
        out.extend(locals);
        for (old, new) in self.moves {
            places.moved(old, out.len() + new);
        }
        out.extend(self.code);
        Ok(())
    }
}
