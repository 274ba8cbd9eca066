//! How a command fails: the report a person reads, or the JSON a program does.

use std::process::ExitCode;

use clap::Subcommand;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use run_runtime::sandbox::LimitKind;
use serde_json::json;

use crate::args::Command;
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
    pub(crate) fn report(self, shell: &Shell, json: bool) -> ExitCode {
        match self {
            Self::Reported => ExitCode::from(FAILED),
            Self::Interrupted => {
                shell.err("stopped");
                ExitCode::from(INTERRUPTED)
            }
            Self::Report(error) => {
                if json {
                    shell.out(&as_json(&*error).to_string());
                } else {
                    shell.err(render(&*error, shell).trim_end());
                }
                ExitCode::from(FAILED)
            }
            Self::Guest { error, output } => {
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
                if json {
                    let mut document = as_json(&*error);
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

/// `{"error":{"code","message","help"}}`.
pub(crate) fn as_json(error: &dyn Diagnostic) -> serde_json::Value {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    json!({ "error": {
        "code": error.code().map(|code| code.to_string()),
        "message": message,
        "help": error.help().map(|help| help.to_string()),
    } })
}

/// A command line that does not parse, or a request for help.
pub(crate) fn usage(mut error: clap::Error) -> ExitCode {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    // clap suggests what is spelled alike; where nothing is, the list helps.
    if error.kind() == ErrorKind::InvalidSubcommand
        && error.get(ContextKind::SuggestedSubcommand).is_none()
    {
        let v2 = Command::augment_subcommands(clap::Command::new("v2"));
        let names: Vec<&str> = v2.get_subcommands().map(clap::Command::get_name).collect();
        let known = if std::env::args().nth(1).is_some_and(|first| first == "v2") {
            format!("there is: {}", names.join(", "))
        } else {
            format!(
                "commands are given as `run v2 <COMMAND>`: {}",
                names.join(", ")
            )
        };
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![known.into()]),
        );
    }
    // clap knows which stream and which code; printing fails only where nobody
    // reads.
    error.print().ok();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(FAILED))
}
