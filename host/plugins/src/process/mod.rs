//! Child processes: confined, watched, and gone with their handle.

mod child;
pub mod confine;
mod output;
mod query;
mod tree;

pub use child::Child;
pub(crate) use child::{Exit, Source, Spec};
pub(crate) use query::query;
