//! What the end-to-end tests share: the real command, and projects to run it in.

pub mod command;
pub mod components;
pub mod guest;
pub mod hostile;
pub mod project;
pub mod server;
pub mod toolbox;
pub mod toolchains;
pub mod tools;

pub use command::{Outcome, run};
pub use project::Scratch;
pub use tools::Tools;
