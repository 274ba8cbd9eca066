//! How `build --json` shows itself: one object a line for what happens to each
//! component, then one for the whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use run_build::{BuildError, Explanation, Outcome, Reporter};
use run_plugins::events::{Diagnostic, Events, Level, StepId};
use serde_json::{Value, json};

use crate::shell::Shell;
use crate::{explain, json};

/// Tells a program about one build.
pub(crate) struct BuildEvents<'a> {
    shell: &'a Shell,
    root: PathBuf,
    counts: Mutex<Counts>,
    diagnostics: Mutex<BTreeMap<String, Collected>>,
    explanations: Mutex<BTreeMap<String, Value>>,
}

#[derive(Default)]
struct Counts {
    built: usize,
    cached: usize,
    fresh: usize,
    prebuilt: usize,
    failed: usize,
}

/// The diagnostics of one component, which go out with its last event.
type Collected = Arc<Mutex<Vec<Value>>>;

impl<'a> BuildEvents<'a> {
    /// `root` is what paths are relative to.
    pub(crate) fn new(shell: &'a Shell, root: &Path) -> Self {
        Self {
            shell,
            root: root.to_owned(),
            counts: Mutex::default(),
            diagnostics: Mutex::default(),
            explanations: Mutex::default(),
        }
    }

    /// The last line.
    pub(crate) fn end(&self) {
        let counts = hold(&self.counts);
        self.shell.out(
            &json!({
                "event": "finished",
                "built": counts.built,
                "cached": counts.cached,
                "fresh": counts.fresh,
                "prebuilt": counts.prebuilt,
                "failed": counts.failed,
            })
            .to_string(),
        );
    }

    /// Adds why to the first event of a component that there is.
    fn explain(&self, name: &str, event: &mut Value) {
        if let Some(Value::Object(explained)) = hold(&self.explanations).remove(name)
            && let Some(event) = event.as_object_mut()
        {
            event.extend(explained);
        }
    }

    fn collected(&self, name: &str) -> Vec<Value> {
        let list = hold(&self.diagnostics).remove(name);
        list.map(|list| std::mem::take(&mut *hold(&list)))
            .unwrap_or_default()
    }
}

impl Reporter for BuildEvents<'_> {
    fn decided(&self, name: &str, explanation: &Explanation) {
        let explained = explain::json(explanation, &self.root);
        hold(&self.explanations).insert(name.to_owned(), explained);
    }

    fn started(&self, name: &str, why: &str) -> Arc<dyn Events> {
        let mut event = json!({ "event": "started", "component": name, "reason": why });
        self.explain(name, &mut event);
        self.shell.out(&event.to_string());
        let collected = Collected::default();
        hold(&self.diagnostics).insert(name.to_owned(), collected.clone());
        Arc::new(ComponentEvents {
            name: name.to_owned(),
            root: self.root.clone(),
            shell: self.shell.clone(),
            collected,
        })
    }

    fn finished(&self, name: &str, outcome: &Outcome) {
        let mut event = json!({ "event": Value::Null, "component": name });
        let mut counts = hold(&self.counts);
        match outcome {
            Outcome::Fresh => {
                event["event"] = "fresh".into();
                counts.fresh += 1;
            }
            Outcome::Cached {
                output,
                size,
                took,
                from,
            } => {
                let shown = output.strip_prefix(&self.root).unwrap_or(output);
                event["event"] = "cached".into();
                event["path"] = shown.display().to_string().into();
                event["size"] = (*size).into();
                event["seconds"] = took.as_secs_f64().into();
                event["cache"] = from.name().into();
                counts.cached += 1;
            }
            Outcome::Prebuilt => {
                event["event"] = "prebuilt".into();
                counts.prebuilt += 1;
            }
            Outcome::Built { output, size, took } => {
                let shown = output.strip_prefix(&self.root).unwrap_or(output);
                event["event"] = "built".into();
                event["path"] = shown.display().to_string().into();
                event["size"] = (*size).into();
                event["seconds"] = took.as_secs_f64().into();
                event["diagnostics"] = self.collected(name).into();
                counts.built += 1;
            }
        }
        self.explain(name, &mut event);
        self.shell.out(&event.to_string());
    }

    fn warning(&self, message: &str) {
        let event = json!({ "event": "warning", "message": message });
        self.shell.out(&event.to_string());
    }

    fn failed(&self, name: &str, error: &BuildError) {
        let diagnostics = self.collected(name);
        hold(&self.counts).failed += 1;
        self.shell.out(
            &json!({
                "event": "failed",
                "component": name,
                "error": json::described(error),
                "diagnostics": diagnostics,
            })
            .to_string(),
        );
    }

    fn waiting(&self) {
        self.shell.out(&json!({ "event": "waiting" }).to_string());
    }
}

/// What the plugin reports while it builds one component.
struct ComponentEvents {
    name: String,
    root: PathBuf,
    shell: Shell,
    collected: Collected,
}

impl Events for ComponentEvents {
    fn log(&self, level: Level, message: &str, fields: &[(String, String)]) {
        let level = match level {
            Level::Trace | Level::Debug => return,
            Level::Info => "info",
            Level::Warn => "warning",
            Level::Error => "error",
        };
        let fields: serde_json::Map<_, _> = fields
            .iter()
            .map(|(key, value)| (key.clone(), value.as_str().into()))
            .collect();
        self.shell.out(
            &json!({
                "event": "log",
                "component": self.name,
                "level": level,
                "message": message,
                "fields": fields,
            })
            .to_string(),
        );
    }

    fn diagnostic(&self, diagnostic: Diagnostic) {
        hold(&self.collected).push(json::diagnostic(&diagnostic, &self.root));
    }

    fn step_started(&self, _: StepId, _: &str, _: Option<u64>) {}

    fn step_advanced(&self, _: StepId, _: u64) {}

    fn step_relabelled(&self, _: StepId, _: &str) {}

    fn step_ended(&self, _: StepId) {}

    fn child_line(&self, line: &str) {
        self.shell.detail(line);
    }
}

/// A panic elsewhere leaves nothing half done here.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
