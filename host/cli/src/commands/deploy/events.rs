//! What a provider reports while it works.

use std::sync::Arc;

use run_plugins::events::{Diagnostic, Events, Level, StepId};

use crate::diagnostics::Shown;
use crate::failure::render;
use crate::shell::Shell;

/// Shows it as lines.
pub(super) struct DeployEvents {
    pub(super) shell: Shell,
    pub(super) component: String,
    pub(super) root: std::path::PathBuf,
}

impl DeployEvents {
    pub(super) fn shared(self) -> Arc<dyn Events> {
        Arc::new(self)
    }
}

impl Events for DeployEvents {
    fn log(&self, level: Level, message: &str, fields: &[(String, String)]) {
        let fields: String = fields
            .iter()
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        // Others' text, which may hold what moves a terminal's cursor.
        let line: String = format!("{}: {message}{fields}", self.component)
            .chars()
            .map(|c| {
                if c.is_control() && c != '\t' {
                    '\u{fffd}'
                } else {
                    c
                }
            })
            .collect();
        match level {
            Level::Warn | Level::Error => self.shell.warn(&line),
            Level::Info => self.shell.note(&line),
            Level::Trace | Level::Debug => self.shell.detail(&line),
        }
    }

    fn diagnostic(&self, diagnostic: Diagnostic) {
        let shown = Shown::new(diagnostic, &self.root);
        self.shell.err(render(&shown, &self.shell).trim_end());
    }

    fn step_started(&self, _: StepId, label: &str, _: Option<u64>) {
        let label: String = label.chars().filter(|c| !c.is_control()).collect();
        self.shell.detail(&format!("{}: {label}", self.component));
    }

    fn step_advanced(&self, _: StepId, _: u64) {}

    fn step_relabelled(&self, step: StepId, label: &str) {
        self.step_started(step, label, None);
    }

    fn step_ended(&self, _: StepId) {}

    fn child_line(&self, _: &str) {}
}
