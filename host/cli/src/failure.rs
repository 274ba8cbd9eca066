//! How a command fails: the report a person reads, or the JSON a program does.

use std::process::ExitCode;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use run_runtime::sandbox::LimitKind;

use crate::json;
use crate::shell::Shell;

/// The exit code of anything that failed.
pub(crate) const FAILED: u8 = 1;

/// The exit code of a command that was stopped by Ctrl-C (128 + SIGINT).
pub(crate) const INTERRUPTED: u8 = 130;

/// The exit code of a guest that ran out of time, as of timeout(1).
pub(crate) const TIMED_OUT: u8 = 124;

/// The exit code of a guest that met any other limit.
pub(crate) const LIMITED: u8 = 125;

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A guest did not end by itself; what it wrote before belongs to the
    /// report.
    Guest {
        /// What stopped it.
        error: Box<run_runtime::Error>,
        /// Captured, else empty.
        output: run_runtime::Output,
    },
    /// To be reported.
    Report(Box<dyn Diagnostic + Send + Sync>),
    /// Reported already.
    Reported,
    /// Stopped by the user.
    Interrupted,
}

impl<E: Diagnostic + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Report(Box::new(error))
    }
}

/// An error of a command itself.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(run::cli))]
pub(crate) struct CommandError {
    pub(crate) message: String,
    #[help]
    pub(crate) help: Option<String>,
}

impl CommandError {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Some(help.into()),
        }
    }

    /// An I/O error, with what was being done.
    pub(crate) fn io(what: impl std::fmt::Display, error: &std::io::Error) -> Self {
        Self {
            message: format!("{what}: {error}"),
            help: None,
        }
    }
}

impl Failure {
    pub(crate) fn report(self, shell: &Shell) -> ExitCode {
        match self {
            Self::Reported => ExitCode::from(FAILED),
            Self::Interrupted => {
                interrupted(shell);
                ExitCode::from(INTERRUPTED)
            }
            Self::Report(error) => {
                if shell.json() {
                    shell.out(&json::error(&*error).to_string());
                } else {
                    shell.err(render(&*error, shell).trim_end());
                }
                ExitCode::from(FAILED)
            }
            Self::Guest { error, output } => {
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
                if shell.json() {
                    let mut document = json::error(&*error);
                    document["stdout"] = stdout.into();
                    document["stderr"] = stderr.into();
                    shell.out(&document.to_string());
                } else {
                    for text in [stdout, stderr].iter().filter(|text| !text.is_empty()) {
                        shell.err(text.trim_end());
                    }
                    shell.err(render(&*error, shell).trim_end());
                }
                ExitCode::from(guest_code(&error))
            }
        }
    }
}

fn guest_code(error: &run_runtime::Error) -> u8 {
    match error {
        run_runtime::Error::Limit { breach, .. } if breach.kind() == LimitKind::Time => TIMED_OUT,
        run_runtime::Error::Limit { .. } => LIMITED,
        _ => FAILED,
    }
}

/// Says that Ctrl-C ended the command.
pub(crate) fn interrupted(shell: &Shell) {
    if shell.json() {
        shell.out(&json::plain_error("run::cli::interrupted", "stopped", None).to_string());
    } else {
        shell.err("stopped");
    }
}

/// A diagnostic as a person reads it.
pub(crate) fn render(error: &dyn Diagnostic, shell: &Shell) -> String {
    let theme = if shell.color() {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let width = terminal_width().unwrap_or(100).clamp(60, 140);
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(width)
        .with_context_lines(1);
    let mut out = String::new();
    match handler.render_report(&mut out, error) {
        Ok(()) => out,
        Err(_) => error.to_string(),
    }
}

fn terminal_width() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok()
}
