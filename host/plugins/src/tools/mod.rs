//! The programs of a plugin: which it may run and how, and where they are.

pub(crate) mod environment;
mod locate;
pub(crate) mod patterns;
mod reads;

pub use locate::{Tool, ToolError, Tools};
