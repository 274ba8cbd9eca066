//! Platforms that components are deployed to, as far as they can be had here:
//! their engines, their own commands' requests, and a server in place of their
//! API.

mod engine;
pub mod fastly;
mod multipart;
mod platform;
mod project;
mod recorded;
pub mod schema;

pub use engine::{Module, Running, node, sdk, workerd};
pub use multipart::{Part, parts};
pub use platform::{Answer, Platform, Request};
pub use project::{Project, handler};
pub use recorded::{Recorded, recorded};
