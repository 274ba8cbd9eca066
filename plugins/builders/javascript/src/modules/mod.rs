//! From an entry to one script: every module it reaches is read, stripped of
//! types, and made a function of one file.

mod bundle;
mod graph;
mod parse;
mod resolve;

pub(crate) use bundle::{Bundle, Shape, bundle};
pub(crate) use graph::{Graph, Natives};
