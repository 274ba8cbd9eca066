//! One bit pattern for NaNs, where anything can tell.
//!
//! WebAssembly leaves the sign and the payload of a NaN that arithmetic makes to
//! the processor, and processors differ. So that a run gives the same bytes on
//! each of them, modules are rewritten before they are compiled: such a NaN is
//! replaced by the canonical one right behind the instruction that made it.
//!
//! That costs a comparison, and most NaNs are never looked at: arithmetic and
//! comparisons do the same whatever the bits are. Therefore only those
//! instructions are followed by a replacement whose result may reach something
//! that shows its bits (memory, a global, another function, an integer, the sign
//! for `copysign`) along a way that keeps them (locals, `select`, the results of
//! blocks, `neg`, moving lanes). Values that no arithmetic made, e.g. those
//! loaded from memory, keep the bits they have, as the specification wants it.
//!
//! What is seen is thus what replacing every NaN would show; the engine's own
//! setting does that, at the price of a multiple of the time.
//!
//! Between functions everything is canonical already, so each is looked at by
//! itself, and one without such instructions is not touched. A function that
//! uses an instruction unknown here has all of its results replaced.

mod body;
mod debug;
mod flow;
mod operators;
mod places;
mod rewrite;
mod sequence;
mod signatures;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use wasmparser::{BinaryReaderError, WasmFeatures};

/// Part of the cache key of what is compiled from rewritten modules: to be
/// changed with anything that changes their bytes.
pub(crate) const VERSION: &[u8] = b"nan 1";

/// The component or core module with canonical NaNs; as it is, where nothing in
/// it can show one.
///
/// # Errors
/// The bytes are not valid WebAssembly, or grow beyond what may be compiled.
pub fn canonical(wasm: &[u8]) -> Result<Cow<'_, [u8]>, Refused> {
    crate::validate(wasm, WasmFeatures::all())?;
    Ok(match rewrite::rewrite(wasm)? {
        Some(rewritten) => Cow::Owned(rewritten),
        None => Cow::Borrowed(wasm),
    })
}

/// Why bytes cannot be given canonical NaNs.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refused {
    /// They are not valid; the validator's words.
    #[error("{0}")]
    Invalid(#[from] BinaryReaderError),
    /// A function has no room for one more local variable.
    #[error("a function has {0} local variables, which leaves no room for canonical NaNs")]
    Locals(u64),
    /// Components are nested deeper than any tool makes them.
    #[error("it has components within components, too deep to be looked at")]
    Depth,
    /// A section or a function would be larger than the format can say.
    #[error("it is too large for canonical NaNs")]
    Size,
}

impl From<std::num::TryFromIntError> for Refused {
    fn from(_: std::num::TryFromIntError) -> Self {
        Self::Size
    }
}
