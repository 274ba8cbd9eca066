//! Values on their way in (typed arguments) and out (JSON, `type:value`).

mod arguments;
mod json;
mod names;

pub use arguments::parse_all;
pub use json::to_json;
pub use names::{signature, type_name};

pub use wasmtime::component::Type;
pub use wasmtime::component::Val;

/// One typed value from text in the `type:value` form or in WAVE, e.g. what a
/// test expects of a result.
///
/// # Errors
/// A sentence that says what does not fit.
pub fn parse_one(ty: &Type, text: &str) -> Result<Val, String> {
    arguments::parse_one(ty, text)
}

/// A value in the form arguments are written in: `s32:43`, `string:hello`, and
/// WAVE for what has no short form.
#[must_use]
pub fn to_text(value: &Val) -> String {
    let wave = || value.to_wave().unwrap_or_else(|_| format!("{value:?}"));
    let prefix = match value {
        Val::Bool(_) => "bool",
        Val::S8(_) => "s8",
        Val::U8(_) => "u8",
        Val::S16(_) => "s16",
        Val::U16(_) => "u16",
        Val::S32(_) => "s32",
        Val::U32(_) => "u32",
        Val::S64(_) => "s64",
        Val::U64(_) => "u64",
        Val::Float32(_) => "f32",
        Val::Float64(_) => "f64",
        Val::Char(c) => return format!("char:{c}"),
        Val::String(s) => return format!("string:{s}"),
        _ => return wave(),
    };
    format!("{prefix}:{}", wave())
}
