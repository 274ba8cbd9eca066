//! What the end-to-end tests share: the real command, and projects to run it in.

pub mod cloud;
pub mod command;
pub mod components;
pub mod conformance;
pub mod edge;
pub mod emulator;
pub mod expected;
pub mod fake;
pub mod greeter;
pub mod guest;
pub mod hostile;
pub mod interrupt;
pub mod machine;
pub mod project;
pub mod server;
pub mod servers;
pub mod toolbox;
pub mod toolchains;
pub mod tools;
#[cfg(target_os = "linux")]
pub mod unconfined;
pub mod user;

pub use command::{Outcome, run};
pub use expected::assert_expected;
pub use project::Scratch;
pub use tools::Tools;
pub use user::User;
