//! Running WebAssembly components: engines, the cache of compiled artifacts,
//! the application sandbox, and the way values go in and come out.
//!
//! This crate knows no project, no plugin and no registry: it is handed bytes
//! and told what they may do.

pub mod artifact;
pub mod call;
pub mod command;
pub mod compose;
pub mod encode;
pub mod engine;
mod error;
pub mod exports;
pub mod inspect;
mod instance;
mod interfaces;
mod known;
mod linker;
pub mod nan;
mod prepared;
pub mod sandbox;
mod sections;
mod stopped;
mod ticker;
pub mod values;
mod waiting;
pub mod wasm;

pub use artifact::ArtifactCache;
pub use engine::Engine;
pub use error::Error;
pub use instance::{Furnish, Instance, Output, Typed};
pub use prepared::Prepared;
pub use ticker::Ticker;
pub use wasm::Wasm;
