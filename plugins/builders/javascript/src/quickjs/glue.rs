//! A library between the runtime and the bindings.
//!
//! It answers what the runtime asks of its build-time host: all modules are
//! bundled before, so whatever it still looks for is not there. And it passes on
//! integers that the runtime would change. Unsigned ones of 32 bits it takes for
//! signed ones: 4294967295 would arrive in a script as -1, and leave it as
//! 2147483647. A number of JavaScript is a double, so as doubles they are what they
//! are. Of integers of 64 bits a double would lose the last digits: as 16
//! hexadecimal digits they are texts, which the script in `scripts/wide.js` makes
//! numbers again.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, CustomSection, DataSection, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalType, ImportSection, MemArg, MemoryType,
    Module, TypeSection, ValType,
};

use super::runtime::{ANSWERED, NUMBERS};

/// What a script is told that asks for a module by a name made at run time.
const LOST: &str = "it is not part of the component";

/// Where in the library's memory the address of a text is put.
const TEXT: u32 = (LOST.len() as u32).next_multiple_of(4);

/// What is imported from the runtime, by its index, with its type.
const IMPORTED: [(&str, u32); 5] = [
    ("cabi_realloc", 3),
    ("wit_dylib_push_f64", 5),
    ("wit_dylib_pop_f64", 7),
    ("wit_dylib_push_string", 1),
    ("wit_dylib_pop_string", 10),
];
const REALLOC: u32 = 0;
const PUSH_F64: u32 = 1;
const POP_F64: u32 = 2;
const PUSH_STRING: u32 = 3;
const POP_STRING: u32 = 4;

/// Hexadecimal digits of 64 bits.
const DIGITS: i32 = 16;
/// From 9 to `a` in ASCII, less one.
const TO_LETTERS: i32 = 39;

/// The library's bytes.
pub(super) fn library() -> Vec<u8> {
    let mut module = Module::new();
    // How much memory it has: as the tool conventions for dynamic linking say,
    // a part 1 with size and alignment of memory and of table.
    let size = u8::try_from(TEXT + 4).unwrap_or(0);
    module.section(&CustomSection {
        name: "dylink.0".into(),
        data: [1, 4, size, 2, 0, 0].as_slice().into(),
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
    types.ty().function([ValType::I32], [ValType::I64]);
    types.ty().function(i32s(2), i32s(1));
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
    for (name, ty) in IMPORTED {
        imports.import("env", name, EntityType::Function(ty));
    }
    module.section(&imports);

    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let answers = (0..).zip(ANSWERED).map(|(ty, (_, _, name))| (name, ty));
    let numbers = NUMBERS.into_iter().zip([4, 8, 6, 9, 6, 9]);
    for ((name, ty), index) in answers.chain(numbers).zip(IMPORTED.len() as u32..) {
        functions.function(ty);
        exports.export(name, ExportKind::Func, index);
    }
    module.section(&functions);
    module.section(&exports);

    let mut code = CodeSection::new();
    code.function(&refuse(4));
    code.function(&refuse(2));
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    code.function(&nothing);
    code.function(&push_u32());
    code.function(&pop_u32());
    // A script knows which of them are signed.
    for _ in ["unsigned", "signed"] {
        code.function(&push_digits());
        code.function(&pop_digits());
    }
    module.section(&code);

    let mut data = DataSection::new();
    data.active(0, &ConstExpr::global_get(0), LOST.bytes());
    module.section(&data);
    module.finish()
}

const fn at(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        memory_index: 0,
    }
}

fn push_u32() -> Function {
    let mut function = Function::new([]);
    function
        .instructions()
        .local_get(0)
        .local_get(1)
        .f64_convert_i32_u()
        .call(PUSH_F64)
        .end();
    function
}

/// By way of 64 bits, so that a number below 0 wraps as it does in smaller types.
fn pop_u32() -> Function {
    let mut function = Function::new([]);
    function
        .instructions()
        .local_get(0)
        .call(POP_F64)
        .i64_trunc_sat_f64_s()
        .i32_wrap_i64()
        .end();
    function
}

/// Writes the digits from the last to the first to memory that the text's owner
/// frees.
fn push_digits() -> Function {
    let (context, number, text, left, digit) = (0, 1, 2, 3, 4);
    let mut function = Function::new([(3, ValType::I32)]);
    function
        .instructions()
        .i32_const(0)
        .i32_const(0)
        .i32_const(1)
        .i32_const(DIGITS)
        .call(REALLOC)
        .local_set(text)
        .i32_const(DIGITS)
        .local_set(left)
        .loop_(BlockType::Empty)
        .local_get(text)
        .local_get(left)
        .i32_const(1)
        .i32_sub()
        .local_tee(left)
        .i32_add()
        .local_get(number)
        .i32_wrap_i64()
        .i32_const(15)
        .i32_and()
        .local_tee(digit)
        .i32_const(i32::from(b'0'))
        .i32_add()
        .local_get(digit)
        .i32_const(9)
        .i32_gt_u()
        .i32_const(TO_LETTERS)
        .i32_mul()
        .i32_add()
        .i32_store8(at(0, 0))
        .local_get(number)
        .i64_const(4)
        .i64_shr_u()
        .local_set(number)
        .local_get(left)
        .br_if(0)
        .end()
        .local_get(context)
        .local_get(text)
        .i32_const(DIGITS)
        .call(PUSH_STRING)
        .end();
    function
}

/// Reads as many digits; a text of another length is not of the script.
fn pop_digits() -> Function {
    let (context, text, end, digit, number) = (0, 1, 2, 3, 4);
    let mut function = Function::new([(3, ValType::I32), (1, ValType::I64)]);
    function
        .instructions()
        .local_get(context)
        .global_get(0)
        .i32_const(TEXT.cast_signed())
        .i32_add()
        .call(POP_STRING)
        .i32_const(DIGITS)
        .i32_ne()
        .if_(BlockType::Empty)
        .unreachable()
        .end()
        .global_get(0)
        .i32_load(at(TEXT.into(), 2))
        .local_tee(text)
        .i32_const(DIGITS)
        .i32_add()
        .local_set(end)
        .loop_(BlockType::Empty)
        .local_get(number)
        .i64_const(4)
        .i64_shl()
        .local_get(text)
        .i32_load8_u(at(0, 0))
        .local_tee(digit)
        .i32_const(i32::from(b'0'))
        .i32_sub()
        .local_get(digit)
        .i32_const(i32::from(b'9'))
        .i32_gt_u()
        .i32_const(TO_LETTERS)
        .i32_mul()
        .i32_sub()
        .i64_extend_i32_u()
        .i64_or()
        .local_set(number)
        .local_get(text)
        .i32_const(1)
        .i32_add()
        .local_tee(text)
        .local_get(end)
        .i32_ne()
        .br_if(0)
        .end()
        .local_get(number)
        .end();
    function
}

/// A function that returns `err(LOST)` through the pointer in its parameter
/// `answer`; the text is a copy, for the caller to free.
fn refuse(answer: u32) -> Function {
    let text = answer + 1;
    let length = LOST.len() as i32;
    let mut function = Function::new([(1, ValType::I32)]);
    function
        .instructions()
        .i32_const(0)
        .i32_const(0)
        .i32_const(1)
        .i32_const(length)
        .call(REALLOC)
        .local_tee(text)
        .global_get(0)
        .i32_const(length)
        .memory_copy(0, 0)
        .local_get(answer)
        .i32_const(1)
        .i32_store8(at(0, 0))
        .local_get(answer)
        .local_get(text)
        .i32_store(at(4, 2))
        .local_get(answer)
        .i32_const(length)
        .i32_store(at(8, 2))
        .end();
    function
}
