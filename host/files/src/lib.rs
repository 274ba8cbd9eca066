//! What every layer of the host needs of the file system: content digests,
//! writes that are whole or not there, and where the user's caches live.

pub mod atomic;
pub mod calendar;
pub mod digest;
pub mod dirs;
pub mod nearest;
pub mod private;
pub mod runner;
pub mod tree;
pub mod used;

pub use digest::Digest;
