//! Plugins: locating, reading, consent, sandbox, and the versions of the
//! contract they are called through.
//!
//! Nothing of a plugin runs before it was read, checked and granted. The rest
//! of the host sees two traits, [`Builder`](api::Builder) and
//! [`Provider`](api::Provider), and no version of anything.

pub mod api;
mod artifact;
pub mod cancel;
pub mod consent;
mod error;
pub mod events;
pub mod managers;
pub mod manifest;
mod preinit;
mod process;
pub mod remote;
mod sandbox;
mod source_tree;
mod surroundings;
mod tools;

pub use artifact::Plugin;
pub use error::{CallError, FailureKind, LoadError, Refused};
pub use process::confine::{Rules, Support, rules as confinement_rules, support as confinement};
pub use sandbox::limits::Limits;
pub use source_tree::SourceTree;
pub use surroundings::Surroundings;
pub use tools::{Drift, INSTALLED, Pins, Place, Tool, ToolError, Tools, installed_name};
