//! Between the contract's types and the host's.

use std::path::PathBuf;

use super::bindings::builder::exports::run::plugin::builder as exported;
use super::bindings::builder::run::plugin::{events as wit_events, types as wit};
use crate::api::ArtifactKind;
use crate::error::{CallError, FailureKind};
use crate::events::{Diagnostic, Label, Level, Severity};
use crate::process::Exit;
use crate::sandbox::paths::PathMap;

pub(super) fn level(level: wit_events::Level) -> Level {
    match level {
        wit_events::Level::Trace => Level::Trace,
        wit_events::Level::Debug => Level::Debug,
        wit_events::Level::Info => Level::Info,
        wit_events::Level::Warn => Level::Warn,
        wit_events::Level::Error => Level::Error,
    }
}

pub(super) fn diagnostic(diagnostic: wit::Diagnostic, paths: &PathMap) -> Diagnostic {
    Diagnostic {
        severity: match diagnostic.severity {
            wit::Severity::Error => Severity::Error,
            wit::Severity::Warning => Severity::Warning,
            wit::Severity::Note => Severity::Note,
            wit::Severity::Help => Severity::Help,
        },
        code: diagnostic.code,
        message: diagnostic.message,
        labels: diagnostic
            .labels
            .into_iter()
            .map(|label| Label {
                // A path that is in no guest directory is shown as it came, and
                // never opened as one of this machine's.
                file: match paths.to_host(&label.at.file) {
                    Some((path, _)) => path,
                    None => PathBuf::from(label.at.file.trim_start_matches('/')),
                },
                start: (label.at.start.line, label.at.start.column),
                end: label.at.end.map(|end| (end.line, end.column)),
                message: label.message,
            })
            .collect(),
        help: diagnostic.help,
        url: diagnostic.url,
    }
}

/// Bytes a diagnostic counts for against what a call may report.
pub(super) fn weight(diagnostic: &wit::Diagnostic) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let labels: usize = diagnostic
        .labels
        .iter()
        .map(|label| label.message.len() + label.at.file.len() + 32)
        .sum();
    diagnostic.message.len() + labels + text(&diagnostic.help) + text(&diagnostic.url) + 64
}

pub(super) fn failure(plugin: &str, error: wit::Error) -> CallError {
    let kind = match error.kind {
        wit::ErrorKind::InvalidInput => FailureKind::InvalidInput,
        wit::ErrorKind::Unsupported => FailureKind::Unsupported,
        wit::ErrorKind::MissingTool => {
            return CallError::MissingTool {
                plugin: plugin.to_owned(),
                message: error.message,
                help: error.help,
            };
        }
        wit::ErrorKind::Denied => FailureKind::Denied,
        wit::ErrorKind::NotFound => FailureKind::NotFound,
        wit::ErrorKind::Conflict => FailureKind::Conflict,
        wit::ErrorKind::Remote => FailureKind::Remote,
        wit::ErrorKind::Failed => FailureKind::Failed,
        wit::ErrorKind::Cancelled => return CallError::Cancelled,
        wit::ErrorKind::Other => FailureKind::Other,
    };
    CallError::Failed {
        plugin: plugin.to_owned(),
        kind,
        message: error.message,
        help: error.help,
    }
}

pub(super) fn error(kind: wit::ErrorKind, message: impl Into<String>) -> wit::Error {
    wit::Error {
        kind,
        message: message.into(),
        help: None,
    }
}

pub(super) fn exit(exit: Exit) -> super::bindings::builder::run::plugin::process::Exit {
    use super::bindings::builder::run::plugin::process::Exit as Wit;
    match exit {
        Exit::Code(code) => Wit::Code(code),
        Exit::Signal(signal) => Wit::Signal(signal),
        Exit::TimedOut => Wit::TimedOut,
    }
}

pub(super) fn artifact_kind(kind: exported::ArtifactKind) -> ArtifactKind {
    match kind {
        exported::ArtifactKind::Component => ArtifactKind::Component,
        exported::ArtifactKind::CoreModule => ArtifactKind::CoreModule,
        exported::ArtifactKind::DebugInfo => ArtifactKind::DebugInfo,
        exported::ArtifactKind::SourceMap => ArtifactKind::SourceMap,
        exported::ArtifactKind::Asset => ArtifactKind::Asset,
    }
}
