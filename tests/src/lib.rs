//! What the end-to-end tests share: the real command, and projects to run it in.

pub mod command;
pub mod components;
pub mod hostile;
pub mod project;

pub use command::{Outcome, run};
pub use project::Scratch;
