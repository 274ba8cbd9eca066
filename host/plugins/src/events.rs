//! What a plugin reports while it works, on its way to whoever shows it.

use std::path::PathBuf;

/// Receives what plugins report. Called from the thread that runs the plugin.
pub trait Events: Send + Sync {
    /// One log line.
    fn log(&self, level: Level, message: &str, fields: &[(String, String)]);
    /// One diagnostic of a compiler or of the plugin itself.
    fn diagnostic(&self, diagnostic: Diagnostic);
    /// A unit of work began; `total` where its size is known.
    fn step_started(&self, step: StepId, label: &str, total: Option<u64>);
    /// It moved on.
    fn step_advanced(&self, step: StepId, by: u64);
    /// It is called something else now.
    fn step_relabelled(&self, step: StepId, label: &str);
    /// It ended.
    fn step_ended(&self, step: StepId);
    /// One line a child process printed, for `--verbose`.
    fn child_line(&self, line: &str);
}

/// Drops everything.
pub struct Silent;

impl Events for Silent {
    fn log(&self, _: Level, _: &str, _: &[(String, String)]) {}
    fn diagnostic(&self, _: Diagnostic) {}
    fn step_started(&self, _: StepId, _: &str, _: Option<u64>) {}
    fn step_advanced(&self, _: StepId, _: u64) {}
    fn step_relabelled(&self, _: StepId, _: &str) {}
    fn step_ended(&self, _: StepId) {}
    fn child_line(&self, _: &str) {}
}

/// Tells the steps of one call apart.
pub type StepId = u64;

/// How loud a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For the plugin's author.
    Trace,
    /// For whoever looks for a fault.
    Debug,
    /// For the user.
    Info,
    /// Something the user should look at.
    Warn,
    /// Something that went wrong.
    Error,
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The work failed because of it.
    Error,
    /// It went on in spite of it.
    Warning,
    /// Background.
    Note,
    /// Advice.
    Help,
}

/// A message about the user's source, with paths of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The compiler's code, e.g. `E0308`.
    pub code: Option<String>,
    /// What is wrong.
    pub message: String,
    /// Where; the first is the primary one.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file; relative where it lies outside every mapped directory.
    pub file: PathBuf,
    /// One-based line and one-based column in UTF-8 bytes.
    pub start: (u32, u32),
    /// The first position after the text, where it is known.
    pub end: Option<(u32, u32)>,
    /// What is to be seen there; may be empty.
    pub message: String,
}
