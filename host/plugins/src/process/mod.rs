//! Child processes: confined, watched, and gone with their handle.

pub mod confine;
mod child;
mod output;
mod query;
mod tree;

pub use child::Child;
pub(crate) use child::{Exit, Source, Spec};
pub(crate) use query::query;
