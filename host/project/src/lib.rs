//! `run.toml` and `run.lock.toml`: schema, validation with spans, and edits that
//! keep comments.
//!
//! A file is parsed once, into types that cannot be wrong: a name that came out
//! of here is safe as a path, a URL segment and an OCI tag, and a path stays in
//! the project. Whatever does not hold is reported all at once, each problem
//! with the place it is at and what to do.

mod bundle;
mod capability;
mod document;
pub mod edit;
mod location;
pub mod lock;
pub mod manifest;
mod names;
mod path;
mod problem;
mod project;
mod section;
mod spanned;
mod value;

pub use bundle::bundled;
pub use capability::Capability;
pub use location::{GitUrl, OciRepository, RegistryUrl};
pub use lock::{Lock, LockError};
pub use manifest::{Component, ComponentKind, Manifest};
pub use names::{ComponentName, PackageName, PluginName, ProfileName, ProjectName};
pub use path::{LocalPath, RelativePath};
pub use problem::{ManifestError, Problem, position};
pub use project::{MANIFEST_NAME, Project, ProjectError};
pub use spanned::Spanned;
pub use value::{ValueError, duration, size};
