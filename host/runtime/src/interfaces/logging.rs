//! `wasi:logging/logging`: lines on the component's standard error.

use super::wasi::logging::logging::{Host, Level};
use crate::sandbox::State;

impl Host for State {
    fn log(&mut self, level: Level, context: String, message: String) -> wasmtime::Result<()> {
        let level = match level {
            Level::Trace => "trace",
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
            Level::Critical => "critical",
        };
        let context = if context.is_empty() {
            context
        } else {
            format!(" [{context}]")
        };
        self.log_line(&format!("{level}{context}: {message}\n"))
    }
}
