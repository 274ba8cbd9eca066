//! How a test run shows itself: documented lines, or one JSON object a line.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::case::{Call, Case, Verdict};
use super::text;
use crate::shell::Shell;

/// What stands under a `FAIL` line begins here.
const INDENT: &str = "\n       ";

/// Prints results in the order of the tests, each as soon as those before it
/// are there.
pub(super) struct Report<'s> {
    shell: &'s Shell,
    pending: Mutex<Pending>,
}

#[derive(Default)]
struct Pending {
    next: usize,
    lines: BTreeMap<usize, String>,
}

impl<'s> Report<'s> {
    pub(super) fn start(count: usize, shell: &'s Shell) -> Self {
        if !shell.json() {
            shell.out(&format!("Running {}...", tests(count)));
        }
        Self {
            shell,
            pending: Mutex::default(),
        }
    }

    pub(super) fn ready(&self, index: usize, case: &Case, verdict: &Verdict) {
        let text = if self.shell.json() {
            as_json(case, verdict).to_string()
        } else {
            self.as_lines(case, verdict)
        };
        let mut pending = self.pending.lock().unwrap_or_else(|e| e.into_inner());
        pending.lines.insert(index, text);
        loop {
            let next = pending.next;
            let Some(text) = pending.lines.remove(&next) else {
                break;
            };
            self.shell.out_soon(&text);
            pending.next += 1;
        }
    }

    pub(super) fn end(&self, passed: usize, failed: usize) {
        if self.shell.json() {
            self.shell
                .out(&json!({ "passed": passed, "failed": failed }).to_string());
        } else {
            self.shell
                .out(&format!("\nResults: {passed} passed, {failed} failed"));
        }
    }

    fn as_lines(&self, case: &Case, verdict: &Verdict) -> String {
        let name = text::one_line(&case.name);
        let Some(reason) = &verdict.failure else {
            let pass = paint_out(self.shell, "1;32", "PASS");
            return format!("  {pass} {name} ({})", text::one_line(&verdict.call));
        };
        let fail = paint_out(self.shell, "1;31", "FAIL");
        let mut out = format!("  {fail} {name} - {}", text::one_line(&reason.line));
        for line in &reason.detail {
            let line = text::one_line(line);
            out.push_str(INDENT);
            out.push_str(&match line.as_bytes().first() {
                Some(b'-') => paint_out(self.shell, "31", &line),
                Some(b'+') => paint_out(self.shell, "32", &line),
                _ => line,
            });
        }
        for (stream, written) in [("stdout", &verdict.stdout), ("stderr", &verdict.stderr)] {
            for line in text::shown(written) {
                out.push_str(&format!("{INDENT}{stream}: {line}"));
            }
        }
        out
    }
}

/// The tests without running them.
pub(super) fn list(cases: &[Case], shell: &Shell) {
    for case in cases {
        let function = match &case.call {
            Call::Function { shown, .. } => Some(shown),
            Call::Command { .. } => None,
        };
        if shell.json() {
            let entry = json!({
                "name": case.name,
                "component": case.component,
                "function": function,
                "discovered": case.expect.discovered,
            });
            shell.out(&entry.to_string());
            continue;
        }
        let called = function.map_or_else(
            || case.component.clone(),
            |function| format!("{}: {function}", case.component),
        );
        let (name, called) = (text::one_line(&case.name), text::one_line(&called));
        shell.out(&format!("  {name} ({called})"));
    }
    if shell.json() {
        shell.out(&json!({ "tests": cases.len() }).to_string());
    } else {
        shell.out(&format!("\n{}", tests(cases.len())));
    }
}

fn tests(count: usize) -> String {
    format!("{count} test{}", if count == 1 { "" } else { "s" })
}

/// Colours on stdout only where stdout itself is a terminal.
fn paint_out(shell: &Shell, style: &str, text: &str) -> String {
    if shell.watched() {
        shell.paint(style, text)
    } else {
        text.to_owned()
    }
}

fn as_json(case: &Case, verdict: &Verdict) -> Value {
    let reason = verdict.failure.as_ref();
    let compared = reason.and_then(|reason| reason.compared.as_ref());
    json!({
        "name": case.name,
        "component": case.component,
        "passed": verdict.passed(),
        "call": verdict.call,
        "reason": reason.map(|reason| &reason.line),
        "detail": reason.map(|reason| reason.detail.join("\n")),
        "expected": compared.map(|(expected, _)| expected),
        "actual": compared.map(|(_, actual)| actual),
        "stdout": verdict.stdout,
        "stderr": verdict.stderr,
        "seconds": verdict.took.as_secs_f64(),
    })
}
