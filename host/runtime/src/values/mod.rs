//! Values on their way in (typed arguments, calls that make resources) and out
//! (JSON, `type:value`). docs/values.md is the reference.

mod arguments;
mod example;
mod hints;
mod holes;
mod json;
mod mismatch;
mod names;
mod plan;
mod prefix;
mod same;
mod spell;
mod split;
mod tree;
mod value;
mod wave;
mod wave_errors;

pub use arguments::plan;
pub use json::to_json;
pub use names::{Names, signature, type_name};
pub(crate) use plan::handles;
pub use plan::{Argument, Construct, Interrupted, call};

pub use wasmtime::component::Type;
pub use wasmtime::component::Val;

/// One typed value from text in the `type:value` form or in WAVE, e.g. what a
/// test expects of a result.
///
/// # Errors
/// A sentence that says what does not fit.
pub fn parse_one(ty: &Type, text: &str) -> Result<Val, String> {
    parse_named(ty, text, &Names::default())
}

/// The same, where the component's own names of types may stand in front.
///
/// # Errors
/// A sentence that says what does not fit.
pub fn parse_named(ty: &Type, text: &str, names: &Names) -> Result<Val, String> {
    value::value(ty, text, names).map_err(|mismatch| mismatch.to_string())
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
