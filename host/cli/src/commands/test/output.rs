//! How a test run shows itself: documented lines, or one JSON object a line.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::json;

use super::case::{Case, Verdict};
use crate::shell::Shell;

/// Prints results in the order of the tests, each as soon as those before it
/// are there.
pub(super) struct Report<'s> {
    shell: &'s Shell,
    json: bool,
    pending: Mutex<Pending>,
}

#[derive(Default)]
struct Pending {
    next: usize,
    lines: BTreeMap<usize, String>,
}

impl<'s> Report<'s> {
    pub(super) fn start(count: usize, json: bool, shell: &'s Shell) -> Self {
        if !json {
            let plural = if count == 1 { "" } else { "s" };
            shell.out(&format!("Running {count} test{plural}..."));
        }
        Self {
            shell,
            json,
            pending: Mutex::default(),
        }
    }

    pub(super) fn ready(&self, index: usize, case: &Case, verdict: &Verdict) {
        let text = if self.json {
            as_json(case, verdict)
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
            self.shell.out(&text);
            pending.next += 1;
        }
    }

    pub(super) fn end(&self, passed: usize, failed: usize) {
        if self.json {
            self.shell
                .out(&json!({ "passed": passed, "failed": failed }).to_string());
        } else {
            self.shell
                .out(&format!("\nResults: {passed} passed, {failed} failed"));
        }
    }

    fn as_lines(&self, case: &Case, verdict: &Verdict) -> String {
        let Some(why) = &verdict.failure else {
            let pass = paint_out(self.shell, "1;32", "PASS");
            return format!("  {pass} {} ({})", case.name, verdict.call);
        };
        let fail = paint_out(self.shell, "1;31", "FAIL");
        let mut text = format!("  {fail} {} - {why}", case.name);
        for (name, bytes) in [
            ("stdout", &verdict.output.stdout),
            ("stderr", &verdict.output.stderr),
        ] {
            for line in String::from_utf8_lossy(bytes).lines() {
                text.push_str(&format!("\n       {name}: {line}"));
            }
        }
        text
    }
}

/// Colours on stdout only where stdout itself is a terminal.
fn paint_out(shell: &Shell, style: &str, text: &str) -> String {
    if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        shell.paint(style, text)
    } else {
        text.to_owned()
    }
}

fn as_json(case: &Case, verdict: &Verdict) -> String {
    json!({
        "name": case.name,
        "passed": verdict.passed(),
        "call": verdict.call,
        "reason": verdict.failure,
        "stdout": String::from_utf8_lossy(&verdict.output.stdout),
        "stderr": String::from_utf8_lossy(&verdict.output.stderr),
    })
    .to_string()
}
