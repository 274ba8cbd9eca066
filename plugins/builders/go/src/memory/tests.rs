use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, ImportSection, MemorySection, MemoryType, Module,
    TypeSection, ValType,
};

use super::*;

const END: u64 = 0x2_1234;

/// A module laid out as Go's linker does, with these words of `moduledata`.
fn module(bounds: [u64; BOUNDS + 1], export: &str) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut imports = ImportSection::new();
    imports.import("wasi_snapshot_preview1", "x", EntityType::Function(0));
    module.section(&imports);
    let mut functions = FunctionSection::new();
    functions.function(0);
    module.section(&functions);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: (END + SPARE) / PAGE,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    module.section(&memories);
    let mut globals = GlobalSection::new();
    let ty = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    globals.global(ty, &ConstExpr::i32_const(0));
    module.section(&globals);
    let mut exports = ExportSection::new();
    exports.export(export, ExportKind::Func, 1);
    module.section(&exports);
    let mut code = CodeSection::new();
    let mut body = Function::new([]);
    body.instructions().end();
    code.function(&body);
    module.section(&code);
    let mut data = DataSection::new();
    let bytes: Vec<u8> = bounds.iter().flat_map(|word| word.to_le_bytes()).collect();
    data.active(0, &ConstExpr::i32_const(0x1_0000), bytes);
    module.section(&data);
    module.finish()
}

fn bounds() -> [u64; BOUNDS + 1] {
    let mut bounds = [END; BOUNDS + 1];
    bounds[..4].copy_from_slice(&[0x3000, 0x3100, 0x3100, 0x3200]);
    // What follows is an address in read-only data.
    bounds[BOUNDS] = 0x3008;
    bounds
}

#[test]
fn the_adapter_gets_pages_below_the_end_that_go_sees() {
    let made = reserved(&module(bounds(), "_start")).unwrap().unwrap();
    wasmparser::validate(&made).unwrap();
    let layout = Layout::of(&made).unwrap();
    assert!(layout.allocates);
    let room = 0x3_0000;
    assert_eq!(layout.pages, (room + ROOM + SPARE) / PAGE);
    let at = 8 * (BOUNDS - 1);
    let end = layout.image[at..at + 8].try_into().unwrap();
    assert_eq!(u64::from_le_bytes(end), room + ROOM);
    assert_eq!(layout.image[at - 8..at], END.to_le_bytes());
    // And once is enough.
    assert!(reserved(&made).unwrap().is_none());
}

#[test]
fn what_is_laid_out_otherwise_stays_as_it_is() {
    assert!(reserved(&module(bounds(), REALLOC)).unwrap().is_none());
    let mut unsorted = bounds();
    unsorted[2] = 0x9_0000;
    assert!(reserved(&module(unsorted, "_start")).unwrap().is_none());
    let mut elsewhere = bounds();
    elsewhere[BOUNDS - 1] = END + 2 * PAGE;
    assert!(reserved(&module(elsewhere, "_start")).unwrap().is_none());
}
