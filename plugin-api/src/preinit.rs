//! Running a component's initialiser at build time and keeping its memory.

use std::path::Path;

use crate::Result;
use crate::bindings::language_builder::run::plugin::preinit as host;
use crate::process::guest_path;

/// A request to call one export of a component in the host's deterministic
/// sandbox, and to write the component as it is after that call.
///
/// ```no_run
/// # fn main() -> run_plugin_api::Result<()> {
/// use run_plugin_api::preinit::Snapshot;
///
/// Snapshot::new("/cache/runtime.wasm", "init")
///     .text_of("/src/main.elm")
///     .mount("/app", "/src")
///     .env("MODE", "release")
///     .write_to("/out/app.wasm")
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a snapshot is taken by `write_to`"]
pub struct Snapshot(host::SnapshotRequest);

impl Snapshot {
    /// Calls `initializer`, an export of the component at a guest path.
    pub fn new(component: impl AsRef<Path>, initializer: impl Into<String>) -> Self {
        Self(host::SnapshotRequest {
            component: guest_path(component.as_ref()),
            initializer: initializer.into(),
            arguments: Vec::new(),
            mounts: Vec::new(),
            environment: Vec::new(),
            output: String::new(),
        })
    }

    /// The next argument, in WAVE.
    pub fn wave(mut self, value: impl Into<String>) -> Self {
        self.0.arguments.push(host::Value::Wave(value.into()));
        self
    }

    /// The next argument: a string, the text of the file at a guest path.
    pub fn text_of(mut self, path: impl AsRef<Path>) -> Self {
        self.0
            .arguments
            .push(host::Value::TextOf(guest_path(path.as_ref())));
        self
    }

    /// Shows the component a guest directory, read-only, as `at`.
    pub fn mount(mut self, at: impl Into<String>, path: impl AsRef<Path>) -> Self {
        self.0.mounts.push(host::Mount {
            guest: at.into(),
            path: guest_path(path.as_ref()),
        });
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.0
            .environment
            .extend(crate::attributes(&[(key, value)]));
        self
    }

    /// Makes the call and writes the result below `/out`.
    ///
    /// # Errors
    /// The component is not one, lacks the export, or its initialiser failed.
    pub fn write_to(mut self, output: impl AsRef<Path>) -> Result<()> {
        self.0.output = guest_path(output.as_ref());
        Ok(host::snapshot(&self.0)?)
    }
}
