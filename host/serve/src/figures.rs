//! What a server counts, and how Prometheus reads it:
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::event::Access;
use crate::histogram::Histogram;

/// The figures of one server since it started.
#[derive(Default)]
pub(crate) struct Figures {
    /// By the first digit of the status.
    responses: [AtomicU64; 6],
    took: Histogram,
    pub(crate) in_flight: AtomicU64,
    pub(crate) connections: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) late: AtomicU64,
    pub(crate) turned_away: AtomicU64,
    pub(crate) cut: AtomicU64,
    pub(crate) denials: AtomicU64,
    pub(crate) received: AtomicU64,
    sent: AtomicU64,
    pub(crate) reloads: AtomicU64,
    pub(crate) reload_failures: AtomicU64,
}

/// Adds one.
pub(crate) fn count(figure: &AtomicU64) {
    figure.fetch_add(1, Ordering::Relaxed);
}

impl Figures {
    /// A request that is done with.
    pub(crate) fn access(&self, access: &Access) {
        if let Some(class) = self.responses.get(usize::from(access.status / 100)) {
            count(class);
        }
        self.took.record(access.took);
        self.sent.fetch_add(access.sent, Ordering::Relaxed);
        if access.cut {
            count(&self.cut);
        }
    }

    /// All of them in the text format; `running` is how many instances there are.
    pub(crate) fn text(&self, running: usize) -> String {
        let mut out = String::with_capacity(4 << 10);
        head(
            &mut out,
            "run_http_responses_total",
            "counter",
            "Requests done with, by the class of their status.",
        );
        for (class, figure) in self.responses.iter().enumerate().skip(1) {
            let value = figure.load(Ordering::Relaxed);
            // Writing to a string does not fail.
            writeln!(
                out,
                "run_http_responses_total{{class=\"{class}xx\"}} {value}"
            )
            .ok();
        }
        let name = "run_http_request_duration_seconds";
        head(
            &mut out,
            name,
            "histogram",
            "From a request's headers to its response's end.",
        );
        self.took.write(name, &mut out);
        let running = u64::try_from(running).unwrap_or(u64::MAX);
        for (name, kind, help, value) in [
            (
                "run_http_requests_in_flight",
                "gauge",
                "Requests that are being answered or wait for their turn.",
                load(&self.in_flight),
            ),
            (
                "run_http_connections",
                "gauge",
                "Open connections.",
                load(&self.connections),
            ),
            (
                "run_instances",
                "gauge",
                "Instances of the component that run.",
                running,
            ),
            (
                "run_http_request_bytes_total",
                "counter",
                "Bytes of request bodies.",
                load(&self.received),
            ),
            (
                "run_http_response_bytes_total",
                "counter",
                "Bytes of response bodies.",
                load(&self.sent),
            ),
            (
                "run_http_responses_cut_total",
                "counter",
                "Responses that ended before they were whole.",
                load(&self.cut),
            ),
            (
                "run_http_requests_turned_away_total",
                "counter",
                "Requests that waited too long for their turn.",
                load(&self.turned_away),
            ),
            (
                "run_component_failures_total",
                "counter",
                "Instances that failed.",
                load(&self.failures),
            ),
            (
                "run_component_timeouts_total",
                "counter",
                "Instances whose time was over.",
                load(&self.late),
            ),
            (
                "run_component_denials_total",
                "counter",
                "Requests in which the component tried what it may not.",
                load(&self.denials),
            ),
            (
                "run_reloads_total",
                "counter",
                "New components that took over.",
                load(&self.reloads),
            ),
            (
                "run_reload_failures_total",
                "counter",
                "New components that could not take over.",
                load(&self.reload_failures),
            ),
        ] {
            head(&mut out, name, kind, help);
            writeln!(out, "{name} {value}").ok();
        }
        out
    }
}

fn load(figure: &AtomicU64) -> u64 {
    figure.load(Ordering::Relaxed)
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}").ok();
}
