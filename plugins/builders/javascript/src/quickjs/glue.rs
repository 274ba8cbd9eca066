//! A library between the runtime and the bindings.
//!
//! It answers what the runtime asks of its build-time host: all modules are
//! bundled before, so whatever it still looks for is not there. And it passes on
//! unsigned integers, which the runtime takes for signed ones: 4294967295 would
//! arrive in a script as -1, and leave it as 2147483647. A number of JavaScript is
//! a double, so as doubles they are what they are, those of 64 bits as far as
//! doubles are exact.

use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalType, ImportSection, MemArg, MemoryType, Module, TypeSection,
    ValType,
};

use super::runtime::{ANSWERED, UNSIGNED};

/// How many functions are imported, before which none is defined.
const IMPORTED: u32 = 3;

/// What a script is told that asks for a module by a name made at run time.
const LOST: &str = "it is not part of the component";

/// The library's bytes.
pub(super) fn library() -> Vec<u8> {
    let length = u32::try_from(LOST.len()).unwrap_or(0);
    let mut module = Module::new();
    // How much memory it has: as the tool conventions for dynamic linking say,
    // a part 1 with size and alignment of memory and of table.
    let size = u8::try_from(length).unwrap_or(0);
    module.section(&CustomSection {
        name: "dylink.0".into(),
        data: [1, 4, size, 0, 0, 0].as_slice().into(),
    });

    let mut types = TypeSection::new();
    let i32s = |n: usize| std::iter::repeat_n(ValType::I32, n);
    types.ty().function(i32s(5), []);
    types.ty().function(i32s(3), []);
    types.ty().function([], []);
    types.ty().function(i32s(4), i32s(1));
    types.ty().function(i32s(2), []);
    types.ty().function([ValType::I32, ValType::F64], []);
    types.ty().function([ValType::I32, ValType::I64], []);
    types.ty().function([ValType::I32], [ValType::F64]);
    types.ty().function([ValType::I32], [ValType::I32]);
    module.section(&types);

    let mut imports = ImportSection::new();
    let memory = MemoryType {
        minimum: 0,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("env", "memory", EntityType::Memory(memory));
    let base = GlobalType {
        val_type: ValType::I32,
        mutable: false,
        shared: false,
    };
    imports.import("env", "__memory_base", EntityType::Global(base));
    imports.import("env", "cabi_realloc", EntityType::Function(3));
    imports.import("env", "wit_dylib_push_f64", EntityType::Function(5));
    imports.import("env", "wit_dylib_pop_f64", EntityType::Function(7));
    module.section(&imports);

    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let answers = (0..).zip(ANSWERED).map(|(ty, (_, _, name))| (name, ty));
    let numbers = UNSIGNED.into_iter().zip([4, 6, 8]);
    for (index, (name, ty)) in (IMPORTED..).zip(answers.chain(numbers)) {
        functions.function(ty);
        exports.export(name, ExportKind::Func, index);
    }
    module.section(&functions);
    module.section(&exports);

    let mut code = CodeSection::new();
    code.function(&refuse(4, length));
    code.function(&refuse(2, length));
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    code.function(&nothing);
    let mut push = Function::new([]);
    push.instructions()
        .local_get(0)
        .local_get(1)
        .f64_convert_i32_u()
        .call(1)
        .end();
    code.function(&push);
    let mut push = Function::new([]);
    push.instructions()
        .local_get(0)
        .local_get(1)
        .f64_convert_i64_u()
        .call(1)
        .end();
    code.function(&push);
    // By way of 64 bits, so that a number below 0 wraps as it does in smaller types.
    let mut pop = Function::new([]);
    pop.instructions()
        .local_get(0)
        .call(2)
        .i64_trunc_sat_f64_s()
        .i32_wrap_i64()
        .end();
    code.function(&pop);
    module.section(&code);

    let mut data = DataSection::new();
    data.active(0, &ConstExpr::global_get(0), LOST.bytes());
    module.section(&data);
    module.finish()
}

/// A function that returns `err(LOST)` through the pointer in its parameter
/// `answer`; the text is a copy, for the caller to free.
fn refuse(answer: u32, length: u32) -> Function {
    let word = |offset| MemArg {
        offset,
        align: 2,
        memory_index: 0,
    };
    let byte = MemArg {
        offset: 0,
        align: 0,
        memory_index: 0,
    };
    let text = answer + 1;
    let length = length.cast_signed();
    let mut function = Function::new([(1, ValType::I32)]);
    function
        .instructions()
        .i32_const(0)
        .i32_const(0)
        .i32_const(1)
        .i32_const(length)
        .call(0)
        .local_tee(text)
        .global_get(0)
        .i32_const(length)
        .memory_copy(0, 0)
        .local_get(answer)
        .i32_const(1)
        .i32_store8(byte)
        .local_get(answer)
        .local_get(text)
        .i32_store(word(4))
        .local_get(answer)
        .i32_const(length)
        .i32_store(word(8))
        .end();
    function
}
