//! What a server tells, as lines: for people, or one JSON document each.

use run_serve::{Access, Event};
use serde_json::{Value, json};

use crate::access_log::AccessLog;
use crate::failure::{self, Failure};
use crate::json;
use crate::shell::Shell;
use crate::timestamp;

/// Writes an event to the log. Requests are on stdout, and all else on stderr;
/// with `--json` everything is a document on stdout.
pub(crate) fn tell(event: &Event<'_>, log: &AccessLog, shell: &Shell) {
    if shell.json() {
        log.out(document(event).to_string());
        return;
    }
    match event {
        Event::Access(_) if shell.quiet() => {}
        Event::Access(access) => log.out(line(access)),
        Event::Guest(line) => log.err((*line).to_owned()),
        Event::Failed(error) => log.err(failure::render(*error, shell).trim_end().to_owned()),
        _ if shell.quiet() => {}
        Event::Denied(denial) => log.err(format!(
            "{} the component tried to {} (`{}`) and was denied; allow it with `{}`, or with the capability `{}`",
            shell.paint("1;33", "warning:"),
            denial.what,
            denial.import,
            denial.flag,
            denial.capability
        )),
        Event::Listening { address, metrics } => {
            log.err(shell.status_line("Serving", &format!("http://{address}")));
            if let Some(metrics) = metrics {
                log.err(shell.status_line("Metrics", &format!("http://{metrics}/metrics")));
            }
        }
        Event::Reloaded => log.err(shell.status_line("Reloaded", "requests go to the new component")),
        Event::Draining(0) => {}
        Event::Draining(left) => log.err(shell.status_line("Stopping", &after(*left))),
        Event::Stopped(0) => log.err(shell.status_line("Stopped", "every request was answered")),
        Event::Stopped(left) => log.err(format!(
            "{} stopped with {} not done",
            shell.paint("1;33", "warning:"),
            requests(*left)
        )),
    }
}

/// What makes a new component did not. That it is `failure` that is told, and
/// no event of the server's, is because only this side knows what it was.
pub(crate) fn reload_failed(failure: &Failure, log: &AccessLog, shell: &Shell) {
    let Failure::Report(error) = failure else {
        return;
    };
    if shell.json() {
        let mut document = json::error(&**error);
        document["event"] = "reload-failed".into();
        log.out(document.to_string());
        return;
    }
    log.err(failure::render(&**error, shell).trim_end().to_owned());
    log.err(format!(
        "{} the component was not replaced: the one before still answers",
        shell.paint("1;33", "warning:")
    ));
}

fn after(left: usize) -> String {
    format!(
        "when {} done",
        match left {
            1 => "1 request is".to_owned(),
            left => format!("{left} requests are"),
        }
    )
}

fn requests(left: usize) -> String {
    match left {
        1 => "1 request".to_owned(),
        left => format!("{left} requests"),
    }
}

/// `2026-01-01T00:00:00.000Z 127.0.0.1 GET / 200 12 B 0.345 ms`.
fn line(access: &Access) -> String {
    format!(
        "{} {} {} {} {} {} B {:.3} ms{}",
        timestamp::now(),
        access.peer,
        access.method,
        access.path,
        access.status,
        access.sent,
        access.took.as_secs_f64() * 1e3,
        if access.cut { " cut" } else { "" }
    )
}

fn document(event: &Event<'_>) -> Value {
    match event {
        Event::Listening { address, metrics } => json!({
            "event": "listening",
            "url": format!("http://{address}"),
            "metrics": metrics.map(|metrics| format!("http://{metrics}/metrics")),
        }),
        Event::Access(access) => json!({
            "event": "access",
            "time": timestamp::now(),
            "peer": access.peer.to_string(),
            "method": access.method,
            "path": access.path,
            "status": access.status,
            "sent": access.sent,
            "cut": access.cut,
            "seconds": access.took.as_secs_f64(),
        }),
        Event::Guest(line) => json!({ "event": "output", "line": line }),
        Event::Failed(error) => {
            let mut document = json::error(*error);
            document["event"] = "failed".into();
            document
        }
        Event::Denied(denial) => json!({
            "event": "denied",
            "tried": denial.what,
            "import": denial.import,
            "flag": denial.flag,
            "capability": denial.capability,
        }),
        Event::Reloaded => json!({ "event": "reloaded" }),
        Event::Draining(left) => json!({ "event": "draining", "requests": left }),
        Event::Stopped(left) => json!({ "event": "stopped", "requests": left }),
    }
}
