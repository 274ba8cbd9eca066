//! How a build shows itself: one moving line for each component on a terminal,
//! plain lines elsewhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use run_build::{BuildError, CachedIn, Explanation, Outcome, Reporter};
use run_plugins::events::{Diagnostic, Events, Level, StepId};

use crate::diagnostics::Shown;
use crate::explain;
use crate::failure::render;
use crate::shell::Shell;

/// Shows one build.
pub(crate) struct BuildProgress<'a> {
    shell: &'a Shell,
    root: PathBuf,
    /// Whether to say why things happen.
    explain: bool,
    screen: Arc<Screen>,
    bars: Mutex<BTreeMap<String, ProgressBar>>,
}

/// What the events of all components print to, so that lines and moving bars do
/// not overwrite each other.
struct Screen {
    shell: Shell,
    bars: MultiProgress,
}

impl Screen {
    fn line(&self, line: &str) {
        // `suspend` takes the bars away while something is printed above them.
        self.bars.suspend(|| self.shell.err(line));
    }
}

impl<'a> BuildProgress<'a> {
    /// `root` is what paths are shown relative to.
    pub(crate) fn new(shell: &'a Shell, root: &Path, explain: bool) -> Self {
        let bars = MultiProgress::new();
        if !shell.live() {
            bars.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self {
            shell,
            root: root.to_owned(),
            explain,
            screen: Arc::new(Screen {
                shell: shell.clone(),
                bars,
            }),
            bars: Mutex::default(),
        }
    }

    fn end(&self, name: &str) {
        if let Ok(mut bars) = self.bars.lock()
            && let Some(bar) = bars.remove(name)
        {
            bar.finish_and_clear();
        }
    }

    fn status(&self, verb: &str, message: &str) {
        self.screen
            .bars
            .suspend(|| self.shell.status(verb, message));
    }
}

impl Reporter for BuildProgress<'_> {
    fn decided(&self, name: &str, explanation: &Explanation) {
        if self.explain {
            for line in explain::lines(explanation, &self.root) {
                self.status("Because", &format!("{name}: {line}"));
            }
        }
    }

    fn started(&self, name: &str, why: &str) -> Arc<dyn Events> {
        self.shell
            .detail(&format!("{name}: building, because {why}"));
        if !self.shell.live() {
            self.status("Building", name);
        }
        let bar = self.screen.bars.add(ProgressBar::new_spinner());
        bar.set_style(
            ProgressStyle::with_template("{spinner} {prefix} {wide_msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.set_prefix(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        if let Ok(mut bars) = self.bars.lock() {
            bars.insert(name.to_owned(), bar.clone());
        }
        Arc::new(ComponentEvents {
            name: name.to_owned(),
            root: self.root.clone(),
            screen: self.screen.clone(),
            bar,
        })
    }

    fn finished(&self, name: &str, outcome: &Outcome) {
        self.end(name);
        match outcome {
            Outcome::Fresh => self.status("Fresh", name),
            Outcome::Cached {
                output, size, from, ..
            } => {
                let shown = output.strip_prefix(&self.root).unwrap_or(output);
                let from = match from {
                    CachedIn::Local => "",
                    CachedIn::Remote => ", of the remote cache",
                };
                self.status(
                    "Cached",
                    &format!("{name} → {} ({}{from})", shown.display(), bytes(*size)),
                );
            }
            Outcome::Prebuilt => self.status("Prebuilt", name),
            Outcome::Built { output, size, took } => {
                let shown = output.strip_prefix(&self.root).unwrap_or(output);
                self.status(
                    "Built",
                    &format!(
                        "{name} → {} ({}, {:.1} s)",
                        shown.display(),
                        bytes(*size),
                        took.as_secs_f64()
                    ),
                );
            }
        }
    }

    fn warning(&self, message: &str) {
        self.screen.bars.suspend(|| self.shell.warn(message));
    }

    fn failed(&self, name: &str, error: &BuildError) {
        self.end(name);
        if !error.is_cancelled() {
            self.screen.line(render(error, self.shell).trim_end());
        }
    }

    fn waiting(&self) {
        self.status("Waiting", "for another build of this project to end");
    }
}

/// A size as a person reads it.
pub(crate) fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "KB", "MB", "GB"];
    let mut unit = 0;
    let mut scaled = size as f64;
    while scaled >= 1000.0 && unit + 1 < UNITS.len() {
        scaled /= 1000.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{size} bytes")
    } else {
        format!("{scaled:.1} {}", UNITS[unit])
    }
}

/// What the plugin reports while it builds one component.
struct ComponentEvents {
    name: String,
    root: PathBuf,
    screen: Arc<Screen>,
    bar: ProgressBar,
}

impl Events for ComponentEvents {
    fn log(&self, level: Level, message: &str, fields: &[(String, String)]) {
        let fields: String = fields
            .iter()
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        let line = format!("{}: {message}{fields}", self.name);
        match level {
            Level::Warn | Level::Error => {
                self.screen.bars.suspend(|| self.screen.shell.warn(&line));
            }
            Level::Info => self.screen.bars.suspend(|| self.screen.shell.note(&line)),
            Level::Trace | Level::Debug => {
                self.screen.bars.suspend(|| self.screen.shell.detail(&line));
            }
        }
    }

    fn diagnostic(&self, diagnostic: Diagnostic) {
        let shown = Shown::new(diagnostic, &self.root);
        self.screen
            .line(render(&shown, &self.screen.shell).trim_end());
    }

    fn step_started(&self, _: StepId, label: &str, _: Option<u64>) {
        self.bar.set_message(label.to_owned());
    }

    fn step_advanced(&self, _: StepId, _: u64) {}

    fn step_relabelled(&self, _: StepId, label: &str) {
        self.bar.set_message(label.to_owned());
    }

    fn step_ended(&self, _: StepId) {
        self.bar.set_message(String::new());
    }

    fn child_line(&self, line: &str) {
        self.screen.shell.detail(line);
    }
}
