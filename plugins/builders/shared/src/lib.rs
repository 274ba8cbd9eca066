//! What the bundled builders have in common beside the contract itself.
//!
//! - [`starters`]: the files of `run v2 init`
//! - [`world`]: the component's WIT world, for generators and for core modules
//! - [`wasi`]: the WIT of WASI itself, for starters whose world needs it
//! - [`messages`]: `file:line:column: message`, which most compilers print
//! - [`noted`]: a note that a step need not be done again
//! - [`paths`]: guest paths as text

pub mod messages;
pub mod noted;
pub mod paths;
pub mod starters;
pub mod wasi;
pub mod world;
