//! The engine that needs nothing installed: QuickJS, as a component that the
//! host initialises with the bundled script.

mod glue;
mod initialize;
mod link;
mod runtime;

pub(crate) use initialize::initialize;
pub(crate) use runtime::interfaces;
