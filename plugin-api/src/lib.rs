//! What a plugin of Run is written against.
//!
//! A plugin is a WebAssembly component that exports one world of `wit/`: it
//! either builds components from source ([`Builder`]) or deploys them
//! ([`Provider`]). It sees only the guest directories it is given, runs only
//! the programs its manifest declares, and reaches only the hosts its manifest
//! names.
//!
//! # A builder in thirty lines
//!
//! `Cargo.toml` has `crate-type = ["cdylib"]` and depends on this crate;
//! `plugin.toml` beside it says what the plugin is and what it needs:
//!
//! ```toml
//! [plugin]
//! id = "acme:elm"
//! kind = "language-builder"
//! version = "0.1.0"
//! description = "Builds components from Elm"
//! license = "MIT"
//!
//! [[language]]
//! name = "elm"
//! extensions = ["elm"]
//!
//! [[tool]]
//! id = "elmc"
//! program = "elmc"
//! why = "compiles the source"
//! [[tool.command]]
//! arguments = "build * --output=*"
//! ```
//!
//! `src/lib.rs` runs the compiler and says what it made and what it read:
//!
//! ```
//! use run_plugin_api::process::{Argument, Command, Line};
//! use run_plugin_api::{Artifact, Builder, Diagnostic, Job, Result, Span};
//! use std::path::Path;
//!
//! struct Elm;
//!
//! impl Builder for Elm {
//!     fn build(job: &Job) -> Result<Vec<Artifact>> {
//!         let source = job.project().source();
//!         let output = format!("{}/{}.wasm", job.output(), job.name());
//!         job.depends_on(&source);
//!         Command::new("elmc")
//!             .arg("build")
//!             .arg(Path::new(&source))
//!             .arg(Argument::from("--output=").path(&output))
//!             .lines(|line| {
//!                 if let Line::Stderr(text) = line {
//!                     Diagnostic::error(text).label(Span::new(&source, 1, 1), "").report();
//!                 }
//!             })?
//!             .check("elmc build")?;
//!         Ok(vec![Artifact::component(output)])
//!     }
//! }
//!
//! run_plugin_api::builder!(Elm);
//! # #[cfg(any())]
//! run_plugin_api::manifest!("plugin.toml");
//! # fn main() {}
//! ```
//!
//! `cargo build --target wasm32-wasip2 --release` makes the plugin. Off
//! WebAssembly the same crate compiles without its exports, so pure parts are
//! tested with `cargo test`; a call into the host from there panics.
//!
//! # Where things are
//!
//! - [`process`]: running tools; [`preinit`]: snapshots of initialised components
//! - [`diagnostics`]: what is wrong with the user's source
//! - [`events`]: log lines and progress; [`files`]: file work
//! - [`http`]: a provider's requests

// The export macros name this crate by its name, here too.
extern crate self as run_plugin_api;

pub mod bindings;
pub mod builder;
pub mod diagnostics;
mod error;
pub mod events;
mod export;
pub mod files;
pub mod http;
pub mod preinit;
pub mod process;
pub mod provider;

pub use builder::{
    Artifact, ArtifactKind, Builder, Detection, Job, Profile, Project, Template, ToolRequirement,
};
pub use diagnostics::{Diagnostic, Label, Position, Severity, Span};
pub use error::{Error, ErrorKind, Result};
pub use provider::Provider;

use bindings::language_builder::run::plugin::types::Attribute;

fn attributes(pairs: &[(&str, &str)]) -> Vec<Attribute> {
    pairs
        .iter()
        .map(|(key, value)| Attribute {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        })
        .collect()
}
