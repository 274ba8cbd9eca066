//! What a plugin sees of the machine: guest directories, a frozen clock,
//! processes it was granted, and limits.

pub(crate) mod http;
pub(crate) mod limits;
pub(crate) mod paths;
pub(crate) mod processes;
pub(crate) mod refusals;
pub(crate) mod run;
pub(crate) mod state;
pub(crate) mod wasi;
