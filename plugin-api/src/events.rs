//! What the user sees while a plugin works: log lines and progress.

use crate::bindings::language_builder::run::plugin::{control, events};

pub use events::{Level, Step};

/// Writes one log line with fields, e.g. `("package", "greeter")`.
pub fn log(level: Level, message: &str, fields: &[(&str, &str)]) {
    events::log(level, message, &crate::attributes(fields));
}

/// A line for whoever looks for a fault; shown with `--verbose`.
pub fn debug(message: &str) {
    log(Level::Debug, message, &[]);
}

/// A line for the user.
pub fn info(message: &str) {
    log(Level::Info, message, &[]);
}

/// A line about something the user should look at.
pub fn warn(message: &str) {
    log(Level::Warn, message, &[]);
}

/// Whether the user or a deadline asked this call to stop. Long loops look at
/// it and return [`Error::cancelled`](crate::Error::cancelled).
#[must_use]
pub fn cancelled() -> bool {
    control::cancelled()
}
