//! Platforms that components are deployed to, as far as they can be had here:
//! their engines, their own commands' requests, and a server in place of their
//! API.

mod answers;
pub mod aws;
pub mod cloudflare;
mod dev;
mod engine;
pub mod fastly;
mod launcher;
mod multipart;
mod platform;
mod project;
mod recorded;
mod reply;
pub mod schema;
pub mod vercel;

pub use answers::answers;
pub use dev::vercel_dev;
pub use engine::{Module, Running, node, workerd};
pub use launcher::Launcher;
pub use multipart::{Part, parts};
pub use platform::{Answer, Platform, Request};
pub use project::{Project, changes, handler, schema as schema_of};
pub use recorded::{Recorded, recorded};
pub use reply::Reply;
