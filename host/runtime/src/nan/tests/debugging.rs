//! Backtraces of code that moved.

use gimli::constants as dw;
use gimli::write::{
    Address, AttributeValue, Dwarf, EndianVec, LineProgram, LineString, Sections, Unit,
};
use gimli::{Encoding, Format, LineEncoding, LittleEndian};
use wasmparser::{Operator, Parser, Payload};
use wasmtime::{Config, Engine, Instance, Module, Store, WasmBacktrace, WasmBacktraceDetails};

use super::canonical;
use crate::sections::{self, write_name};

/// Each function divides, and the second is called by the first after that.
const TEXT: &str = r#"(module
    (func $outer (export "f") (param f64) (result f64)
      (drop (i64.reinterpret_f64 (f64.div (local.get 0) (local.get 0))))
      (call $inner (f64.sqrt (local.get 0))))
    (func $inner (param f64) (result f64)
      (drop (i64.reinterpret_f64 (f64.div (local.get 0) (local.get 0))))
      unreachable))"#;

/// The line of the nth instruction of the nth function.
fn line(function: usize, instruction: usize) -> u64 {
    (100 * (function + 1) + instruction) as u64
}

/// The offsets of the instructions, and of the end, of each function.
fn offsets(wasm: &[u8]) -> Vec<Vec<u64>> {
    let mut start = 0;
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.unwrap() {
            Payload::CodeSectionStart { range, .. } => start = range.start,
            Payload::CodeSectionEntry(body) => {
                let mut offsets: Vec<_> = body
                    .get_operators_reader()
                    .unwrap()
                    .into_iter_with_offsets()
                    .map(|operator: Result<(Operator<'_>, usize), _>| operator.unwrap().1)
                    .collect();
                offsets.push(body.range().end);
                functions.push(offsets.iter().map(|at| (at - start) as u64).collect());
            }
            _ => {}
        }
    }
    functions
}

/// The module with debug information: a line for each instruction, and in the
/// second function a call that was inlined behind its first instruction.
fn with_debug_information(version: u16) -> Vec<u8> {
    let mut wasm = wat::parse_str(TEXT).unwrap();
    let encoding = Encoding {
        format: Format::Dwarf32,
        version,
        address_size: 4,
    };
    let text = |text: &str| LineString::String(text.as_bytes().to_vec());
    let mut lines = LineProgram::new(
        encoding,
        LineEncoding::default(),
        text("/made/of"),
        None,
        text("main.src"),
        None,
    );
    let directory = lines.add_directory(text("parts"));
    let file = lines.add_file(text("inner.src"), directory, None);
    let functions = offsets(&wasm);
    for (function, offsets) in functions.iter().enumerate() {
        lines.begin_sequence(Some(Address::Constant(offsets[0])));
        for (at, offset) in offsets[..offsets.len() - 1].iter().enumerate() {
            lines.row().address_offset = offset - offsets[0];
            lines.row().file = file;
            lines.row().line = line(function, at);
            lines.row().column = 7;
            lines.generate_row();
        }
        lines.end_sequence(offsets.last().unwrap() - offsets[0]);
    }
    let mut unit = Unit::new(encoding, lines);
    let root = unit.root();
    unit.get_mut(root)
        .set(dw::DW_AT_stmt_list, AttributeValue::LineProgramRef);
    unit.get_mut(root).set(
        dw::DW_AT_comp_dir,
        AttributeValue::String(b"/made/of".to_vec()),
    );
    let mut range = |parent, tag, begin: u64, end: u64, name: &str| {
        let added = unit.add(parent, tag);
        let entry = unit.get_mut(added);
        let begin_address = AttributeValue::Address(Address::Constant(begin));
        entry.set(dw::DW_AT_low_pc, begin_address);
        entry.set(dw::DW_AT_high_pc, AttributeValue::Udata(end - begin));
        entry.set(
            dw::DW_AT_name,
            AttributeValue::String(name.as_bytes().to_vec()),
        );
        added
    };
    for (offsets, name) in functions.iter().zip(["outer_in_source", "inner_in_source"]) {
        let (begin, end) = (offsets[0], *offsets.last().unwrap());
        let function = range(root, dw::DW_TAG_subprogram, begin, end, name);
        if name.starts_with("inner") {
            let inlined = dw::DW_TAG_inlined_subroutine;
            range(function, inlined, offsets[1], end, "inlined_in_source");
        }
    }
    let mut dwarf = Dwarf::new();
    dwarf.units.add(unit);
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    dwarf.write(&mut sections).unwrap();
    sections
        .for_each(|id, content| {
            let mut section = Vec::new();
            write_name(id.name(), &mut section).unwrap();
            section.extend(content.slice());
            sections::write(sections::CUSTOM, &section, &mut wasm).unwrap();
            Ok::<_, gimli::Error>(())
        })
        .unwrap();
    wasm
}

/// The functions, files and lines of a trap's backtrace.
fn backtrace(wasm: &[u8]) -> Vec<String> {
    let mut config = Config::new();
    config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
    let engine = Engine::new(&config).unwrap();
    let module = Module::new(&engine, wasm).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let function = instance
        .get_typed_func::<f64, f64>(&mut store, "f")
        .unwrap();
    let error = function.call(&mut store, 2.0).unwrap_err();
    let trace = error.downcast_ref::<WasmBacktrace>().unwrap();
    let mut shown = Vec::new();
    for frame in trace.frames() {
        for symbol in frame.symbols() {
            shown.push(format!(
                "{} at {}:{:?}:{:?}",
                symbol.name().unwrap_or("?"),
                symbol.file().unwrap_or("?"),
                symbol.line(),
                symbol.column()
            ));
        }
    }
    shown
}

#[test]
fn functions_files_and_lines_are_those_of_the_module_as_it_was() {
    for version in [4, 5] {
        let wasm = with_debug_information(version);
        let before = backtrace(&wasm);
        let moved = canonical(&wasm).unwrap();
        assert!(moved.len() > wasm.len() - 200 && offsets(&moved) != offsets(&wasm));
        assert_eq!(backtrace(&moved), before);
        assert_eq!(before.len(), 3, "{before:?}");
        assert!(
            before[0].contains("inlined_in_source at /made/of/parts/inner.src:Some(205)"),
            "{before:?}"
        );
        assert!(before[1].starts_with("inner_in_source"), "{before:?}");
        assert!(
            before[2].contains("outer_in_source at /made/of/parts/inner.src:Some(107)"),
            "{before:?}"
        );
    }
}

#[test]
fn debug_information_that_cannot_be_read_is_left_out() {
    let whole = with_debug_information(4);
    let at = whole
        .windows(b".debug_info".len())
        .position(|bytes| bytes == b".debug_info")
        .unwrap();
    // Every byte of the units, one after the other.
    for broken in at + 11..whole.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut wasm = whole.clone();
            wasm[broken] = value;
            // Some of them are the names of sections, or sizes.
            if let Ok(moved) = canonical(&wasm) {
                wasmparser::validate(&moved).unwrap();
            }
        }
    }
}
