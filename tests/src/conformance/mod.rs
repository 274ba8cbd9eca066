//! What every language must do alike: cases in `tests/conformance`, built by the
//! real plugins with the real compilers.
//!
//! A case is a directory: `case.toml` says what is expected, `world.wit` what
//! is implemented, and a directory for each language has the source. What a
//! language cannot do is a gap in `case.toml`, with the reason.

mod answer;
pub mod case;
mod deployed;
mod http;
pub mod language;
pub mod matrix;
pub mod outcome;
mod project;
mod wit;

pub use case::Case;
pub use language::LANGUAGES;
pub use outcome::{Outcomes, of};
