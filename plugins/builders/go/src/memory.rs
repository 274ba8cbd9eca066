//! Room for the adapter of WASI where Go does not look.
//!
//! Go's allocator (`runtime/mem_wasm.go`) takes what lies above the program's
//! data for its own, in one piece, and never asks how large the memory is: the
//! linker makes it 1 MiB larger than the runtime believes. The adapter grows the
//! memory for its state and its stack where a module has no `cabi_realloc`. So
//! both own the same pages as soon as the heap gets there, and the program ends
//! with `assertion failed at adapter line …`, or computes something else.
//!
//! Here the end of the data is moved up, in the one word that the runtime reads
//! it from (`firstmoduledata.end`), and what is then free is handed out by a
//! `cabi_realloc`. A module that has one already, as those with bindings do,
//! allocates with Go's own and stays as it is.

use std::ops::Range;

use run_plugin_api::{Error, Result};
use wasm_encoder::{
    BlockType, ConstExpr, DataSegment, DataSegmentMode, Encode, Function, GlobalType, ValType,
};
use wasmparser::{BinaryReader, DataKind, ExternalKind, Operator, Parser, Payload, TypeRef};

const PAGE: u64 = 64 << 10;

/// A page each for the adapter's state and stack: all that it allocates.
const ROOM: u64 = 2 * PAGE;

/// By how much the linker makes the memory larger than the data
/// (`writeMemorySec` of cmd/link/internal/wasm).
const SPARE: u64 = 1 << 20;

/// Where data begins at the earliest (`wasmMinDataAddr` of cmd/link).
const LOWEST: u64 = 12288;

/// The words of `moduledata` that end with `end`: `noptrdata`, `enoptrdata`,
/// `data`, `edata`, `bss`, `ebss`, `noptrbss`, `enoptrbss`, `covctrs`,
/// `ecovctrs`, `end`, in the order they have in memory.
const BOUNDS: usize = 11;

const REALLOC: &str = "cabi_realloc";

/// The module with room for the adapter; `None` where it needs none, or is not
/// laid out as Go's linker does.
pub(crate) fn reserved(module: &[u8]) -> Result<Option<Vec<u8>>> {
    let read = |error| Error::failed(format!("what the compiler made is no module: {error}"));
    let layout = Layout::of(module).map_err(read)?;
    let Some(end) = layout.end() else {
        return Ok(None);
    };
    Ok(Some(layout.with_room(module, end)))
}

/// What of a module decides.
#[derive(Default)]
struct Layout {
    sections: Vec<(u8, Range<usize>)>,
    pages: u64,
    needs_adapter: bool,
    allocates: bool,
    functions: u32,
    /// The data from `start`, with zeros between its segments.
    start: u64,
    image: Vec<u8>,
}

/// The word that says where the data ends.
#[derive(Clone, Copy)]
struct End {
    address: u64,
    value: u64,
}

impl Layout {
    fn of(module: &[u8]) -> std::result::Result<Self, wasmparser::BinaryReaderError> {
        let mut layout = Self::default();
        let mut segments = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        let import = import?;
                        layout.needs_adapter |= import.module == "wasi_snapshot_preview1";
                        layout.functions += u32::from(matches!(import.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(functions) => layout.functions += functions.count(),
                Payload::MemorySection(memories) => {
                    for memory in memories.clone() {
                        layout.pages = memory?.initial;
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports.clone() {
                        let export = export?;
                        layout.allocates |=
                            export.kind == ExternalKind::Func && export.name == REALLOC;
                    }
                }
                Payload::DataSection(data) => {
                    for segment in data.clone() {
                        let segment = segment?;
                        if let DataKind::Active { offset_expr, .. } = segment.kind
                            && let Operator::I32Const { value } =
                                offset_expr.get_operators_reader().read()?
                        {
                            segments.push((u64::from(value.cast_unsigned()), segment.data));
                        }
                    }
                }
                _ => {}
            }
            if let Some((id, range)) = payload.as_section() {
                layout.sections.push((id, range));
            }
        }
        layout.lay_out(&segments);
        Ok(layout)
    }

    fn lay_out(&mut self, segments: &[(u64, &[u8])]) {
        let limit = self.pages * PAGE;
        let start = segments.iter().map(|(at, _)| *at).min().unwrap_or(0) & !7;
        let ends = segments.iter().map(|(at, data)| at + data.len() as u64);
        let end = ends.max().unwrap_or(0);
        if end > limit {
            return;
        }
        self.start = start;
        self.image = vec![0; usize::try_from(end - start).unwrap_or(0)];
        for (at, data) in segments {
            let from = usize::try_from(at - start).unwrap_or(0);
            self.image[from..from + data.len()].copy_from_slice(data);
        }
    }

    /// Where the runtime keeps the end of the data: there is one such place, or
    /// it is not known.
    fn end(&self) -> Option<End> {
        if !self.needs_adapter || self.allocates {
            return None;
        }
        let words: Vec<u64> = self
            .image
            .chunks_exact(8)
            .map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()))
            .collect();
        let data_end = self.start + self.image.len() as u64;
        let mut found = words
            .windows(BOUNDS + 1)
            .enumerate()
            .filter(|(_, words)| {
                let (bounds, after) = words.split_at(BOUNDS);
                let end = bounds[BOUNDS - 1];
                // Far apart from anything that could overflow below.
                end >= data_end
                    && end < u64::from(u32::MAX)
                    && (end + SPARE) / PAGE == self.pages
                    && bounds[0] >= LOWEST
                    && bounds.is_sorted()
                    && after[0] != end
            })
            .map(|(index, words)| End {
                address: self.start + 8 * (index + BOUNDS - 1) as u64,
                value: words[BOUNDS - 1],
            });
        match (found.next(), found.next()) {
            (Some(end), None) => Some(end),
            _ => None,
        }
    }

    fn with_room(&self, module: &[u8], end: End) -> Vec<u8> {
        let room = end.value.next_multiple_of(PAGE);
        let new_end = room + ROOM;
        let mut out = module[..8].to_vec();
        let (mut ty, mut next) = (0, 0);
        for (id, range) in &self.sections {
            let content = &module[range.clone()];
            let mut entry = Vec::new();
            match id {
                1 => {
                    // func (param i32 i32 i32 i32) (result i32)
                    entry.push(0x60);
                    [ValType::I32; 4].encode(&mut entry);
                    [ValType::I32; 1].encode(&mut entry);
                    ty = count(content);
                }
                3 => ty.encode(&mut entry),
                5 => {
                    // One memory, without a maximum.
                    let mut memory = vec![1, 0];
                    ((new_end + SPARE) / PAGE).encode(&mut memory);
                    section(*id, &memory, &mut out);
                    continue;
                }
                6 => {
                    let global = GlobalType {
                        val_type: ValType::I32,
                        mutable: true,
                        shared: false,
                    };
                    global.encode(&mut entry);
                    ConstExpr::i32_const(address(room)).encode(&mut entry);
                    next = count(content);
                }
                7 => {
                    REALLOC.encode(&mut entry);
                    entry.push(0);
                    self.functions.encode(&mut entry);
                }
                10 => allocate(next, address(new_end)).encode(&mut entry),
                11 => {
                    let offset = ConstExpr::i32_const(address(end.address));
                    let segment = DataSegment {
                        mode: DataSegmentMode::Active {
                            memory_index: 0,
                            offset: &offset,
                        },
                        data: new_end.to_le_bytes(),
                    };
                    let mut data = wasm_encoder::DataSection::new();
                    data.segment(segment);
                    data.encode(&mut entry);
                    // Without the section's length and count, a byte each.
                    entry.drain(..2);
                }
                _ => {
                    section(*id, content, &mut out);
                    continue;
                }
            }
            section(*id, &with_entry(content, &entry), &mut out);
        }
        out
    }
}

/// `cabi_realloc(old, old_size, align, new_size)` from the room, to its end.
fn allocate(next: u32, end: i32) -> Function {
    const MADE: u32 = 4;
    let mut function = Function::new([(1, ValType::I32)]);
    function
        .instructions()
        // The next address that is aligned.
        .global_get(next)
        .local_get(2)
        .i32_add()
        .i32_const(1)
        .i32_sub()
        .i32_const(0)
        .local_get(2)
        .i32_sub()
        .i32_and()
        .local_tee(MADE)
        .local_get(3)
        .i32_add()
        .global_set(next)
        .global_get(next)
        .i32_const(end)
        .i32_gt_u()
        .if_(BlockType::Empty)
        .unreachable()
        .end()
        .local_get(MADE)
        .end();
    function
}

fn address(value: u64) -> i32 {
    u32::try_from(value).unwrap_or(u32::MAX).cast_signed()
}

/// How many entries a section has.
fn count(content: &[u8]) -> u32 {
    BinaryReader::new(content, 0).read_var_u32().unwrap_or(0)
}

/// A section's content with one more entry at its end.
fn with_entry(content: &[u8], entry: &[u8]) -> Vec<u8> {
    let mut reader = BinaryReader::new(content, 0);
    let count = reader.read_var_u32().unwrap_or(0);
    let mut out = Vec::with_capacity(content.len() + entry.len() + 1);
    (count + 1).encode(&mut out);
    out.extend(&content[reader.original_position()..]);
    out.extend(entry);
    out
}

fn section(id: u8, content: &[u8], out: &mut Vec<u8>) {
    out.push(id);
    content.encode(out);
}

#[cfg(test)]
mod tests;
