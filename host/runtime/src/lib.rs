//! Running WebAssembly components: engines, the cache of compiled artifacts,
//! the application sandbox, and the way values go in and come out.
//!
//! Without the feature `compiler` there is only what runs components that were
//! compiled before, see [`Prepared::precompiled`].
//!
//! This crate knows no project, no plugin and no registry: it is handed bytes
//! and told what they may do.

#[cfg(feature = "compiler")]
pub mod ahead;
#[cfg(feature = "compiler")]
pub mod artifact;
#[cfg(feature = "compiler")]
pub mod bodies;
pub mod call;
pub mod command;
#[cfg(feature = "compiler")]
pub mod compose;
#[cfg(feature = "compiler")]
pub mod encode;
pub mod engine;
mod error;
pub mod exports;
#[cfg(feature = "compiler")]
mod images;
pub mod incoming;
#[cfg(feature = "compiler")]
pub mod inspect;
mod instance;
mod interfaces;
#[cfg(feature = "compiler")]
mod known;
mod linker;
#[cfg(feature = "compiler")]
pub mod nan;
#[cfg(feature = "compiler")]
pub mod notes;
mod prepared;
pub mod sandbox;
#[cfg(feature = "compiler")]
mod sections;
mod stopped;
mod ticker;
#[cfg(feature = "compiler")]
mod validate;
pub mod values;
mod waiting;
#[cfg(feature = "compiler")]
pub mod wasm;

#[cfg(feature = "compiler")]
pub use artifact::ArtifactCache;
pub use engine::Engine;
pub use error::Error;
pub use instance::{Furnish, Instance, Output, Typed};
pub use prepared::Prepared;
pub use ticker::Ticker;
#[cfg(feature = "compiler")]
pub use validate::validate;
#[cfg(feature = "compiler")]
pub use wasm::Wasm;
