//! Projects of the two components in `tests/components`.

use crate::Scratch;

/// Functions of many kinds, some of them tests.
pub const CALC: &str = include_str!("../components/calc.wat");

/// A command that copies its stdin.
pub const CAT: &str = include_str!("../components/cat.wat");

/// The `run.toml` of both, without tests.
pub const HEAD: &str = r#"[project]
name = "t"
version = "0.1.0"
[[component]]
name = "calc"
path = "calc.wasm"
[[component]]
name = "cat"
path = "cat.wasm"
"#;

/// A project of both components and these tests.
#[must_use]
pub fn project(tests: &str) -> Scratch {
    Scratch::with(&[
        ("calc.wat", CALC),
        ("cat.wat", CAT),
        ("run.toml", &format!("{HEAD}{tests}")),
    ])
}

/// One `[[test]]` of `calc`, which has a name of its own.
#[must_use]
pub fn test(name: &str, rest: &str) -> String {
    format!("[[test]]\nname = \"{name}\"\ncomponent = \"calc\"\n{rest}\n")
}
