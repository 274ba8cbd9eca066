//! What the platform does not have. Components import more than they use, so it
//! is there, with nothing behind it: a resource that none can get has no value.

mod filesystem;
mod sockets;
mod terminals;
mod udp;

/// What cannot be.
pub(crate) enum Never {}
