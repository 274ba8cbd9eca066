//! Components that a snapshot is asked of, and what is said of each.

/// `init` is a function that a module called `$m` exports.
macro_rules! lifted {
    ($module:literal) => {
        concat!(
            "(component (core module $m ",
            $module,
            ") (core instance $i (instantiate $m))",
            "(func (export \"init\") (canon lift (core func $i \"init\"))))"
        )
    };
}

pub(crate) const COMPONENTS: &[(&str, &str)] = &[
    (
        "again",
        "(component (core module $m (func (export \"init\"))) (core instance $i (instantiate $m)) (func $f (canon lift (core func $i \"init\"))) (export $e \"init\" (func $f)) (export \"again\" (func $e)))",
    ),
    (
        "balloon",
        lifted!(
            "(memory (export \"m\") 1) (func (export \"init\") (loop (drop (memory.grow (i32.const 100))) (br 0)))"
        ),
    ),
    ("endless", lifted!("(func (export \"init\") (loop (br 0)))")),
    (
        "hidden",
        lifted!("(func (export \"init\"))) (core module (memory 1)"),
    ),
    ("module", "(module (func (export \"init\")))"),
    (
        "plain",
        lifted!(
            "(memory (export \"m\") 1) (func (export \"init\") (i32.store (i32.const 8) (i32.const 42)))"
        ),
    ),
    (
        "returns-error",
        "(component (core module $m (memory (export \"m\") 1) (data (i32.const 16) \"no wonder\") (func (export \"init\") (result i32) (i32.store (i32.const 0) (i32.const 1)) (i32.store (i32.const 4) (i32.const 16)) (i32.store (i32.const 8) (i32.const 9)) (i32.const 0))) (core instance $i (instantiate $m)) (func (export \"init\") (result (result (error string))) (canon lift (core func $i \"init\") (memory $i \"m\"))))",
    ),
    (
        "tables",
        lifted!(
            "(table 1 funcref) (func (export \"init\") (table.set (i32.const 0) (ref.null func)))"
        ),
    ),
    ("traps", lifted!("(func (export \"init\") unreachable)")),
    (
        "twice",
        "(component (core module $m (func (export \"init\"))) (core instance $i (instantiate $m)) (core instance (instantiate $m)) (func (export \"init\") (canon lift (core func $i \"init\"))))",
    ),
    ("wide", lifted!("(memory i64 1) (func (export \"init\"))")),
];

/// What each request comes to, in part.
pub(crate) const SAID: &[(&str, &str)] = &[
    ("again.wasm", "it uses its own initialiser"),
    ("balloon.wasm", "it wanted more than 64 MiB of memory"),
    ("endless.wasm", "it ran for more than 0.2 s"),
    ("hidden.wasm", "has memory or globals and exports nothing"),
    ("module.wasm", "it exports no function `init`"),
    ("plain.wasm", "taken"),
    ("returns-error.wasm", "no wonder"),
    (
        "tables.wasm",
        "its code has `table.set`, which changes a table",
    ),
    ("text.wasm", "it is not a valid component"),
    ("traps.wasm", "unreachable"),
    ("twice.wasm", "modules may be instantiated at most once"),
    ("wide.wasm", "it is not a valid component"),
    ("no export", "it exports no function `start`"),
    (
        "too many arguments",
        "`init` takes 0 arguments, and 1 were given",
    ),
    ("no file", "`/src/none.wasm` does not exist"),
    ("outside", "`/etc/passwd` is in no directory of this call"),
    (
        "climbing",
        "`/src/../x.wasm` is in no directory of this call",
    ),
    ("a link", "`/src/link` is in no directory of this call"),
    ("a text outside", "is in no directory of this call"),
    ("a mount outside", "`/` is in no directory of this call"),
    ("into the source", "a snapshot goes below /out"),
    ("into the cache", "a snapshot goes below /out"),
    ("onto the directory", "is in no directory of this call"),
    ("climbing out", "is in no directory of this call"),
];
