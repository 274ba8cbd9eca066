//! Bounds on what one call of a plugin may use, and the note of the one it
//! broke.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use run_runtime::sandbox::{Breach, Growth};

/// The figures. Time in a child process is not the plugin's own and does not
/// count against it.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of linear memory of all instances together.
    pub memory: usize,
    /// Elements of all tables together.
    pub table: usize,
    /// How long the plugin's own code may run in one call.
    pub guest_time: Duration,
    /// Bytes of log lines, diagnostics and labels in one call.
    pub log: usize,
    /// Bytes one child may print.
    pub child_output: u64,
    /// Processes one child may have at a time.
    pub child_processes: usize,
    /// How long one child may run.
    pub child_time: Duration,
    /// How long a plugin has to end by itself once it is asked to.
    pub grace: Duration,
    /// Bytes that may cross the boundary in one host call; bulk data goes
    /// through files.
    pub hostcall: usize,
    /// How long an initialiser may run.
    pub initializer: Duration,
    /// Bytes of a component with its initialised memory.
    pub snapshot: usize,
    /// Requests that one call of a provider may send.
    pub requests: u32,
    /// Bytes of one request's body.
    pub request: usize,
    /// Bytes of one answer's body.
    pub response: usize,
    /// How long one request may take from its first byte to the answer's last.
    pub request_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            table: 100_000,
            guest_time: Duration::from_secs(60),
            log: 16 << 20,
            child_output: 256 << 20,
            child_processes: 512,
            child_time: Duration::from_secs(60 * 60),
            grace: Duration::from_secs(2),
            hostcall: 8 << 20,
            initializer: Duration::from_secs(60),
            snapshot: 256 << 20,
            requests: 2000,
            request: 128 << 20,
            response: 32 << 20,
            request_time: Duration::from_secs(300),
        }
    }
}

/// The first rule a call broke. Shared with the threads that watch children.
#[derive(Debug, Clone, Default)]
pub(crate) struct Violation(Arc<Mutex<Option<String>>>);

impl Violation {
    /// Notes `rule` unless another was noted before.
    pub(crate) fn note(&self, rule: impl Into<String>) {
        if let Ok(mut first) = self.0.lock() {
            first.get_or_insert_with(|| rule.into());
        }
    }

    pub(crate) fn get(&self) -> Option<String> {
        self.0.lock().ok().and_then(|first| first.clone())
    }

    /// Notes the rule and gives the trap that ends the call.
    pub(crate) fn trap(&self, rule: impl Into<String>) -> wasmtime::Error {
        let rule = rule.into();
        self.note(rule.clone());
        wasmtime::Error::msg(rule)
    }
}

/// The time a plugin takes for itself: all of a call but what it waits for its
/// children or for the network.
#[derive(Debug, Clone, Default)]
pub(crate) struct GuestClock(Arc<Mutex<Spent>>);

#[derive(Debug, Default)]
struct Spent {
    before: Duration,
    since: Option<Instant>,
}

impl GuestClock {
    pub(crate) fn run(&self) {
        if let Ok(mut spent) = self.0.lock() {
            spent.since.get_or_insert_with(Instant::now);
        }
    }

    pub(crate) fn pause(&self) {
        if let Ok(mut spent) = self.0.lock()
            && let Some(since) = spent.since.take()
        {
            spent.before += since.elapsed();
        }
    }

    pub(crate) fn spent(&self) -> Duration {
        self.0.lock().map_or(Duration::ZERO, |spent| {
            spent.before + spent.since.map_or(Duration::ZERO, |since| since.elapsed())
        })
    }
}

/// Core instances one plugin may consist of.
const INSTANCES: usize = 64;

/// Refuses growth beyond the limits and notes which one it was.
pub(crate) fn growth(limits: &Limits, violation: Violation) -> Growth {
    let note = move |breach: Breach| violation.note(breach.to_string());
    Growth::new(limits.memory, limits.table, INSTANCES, note)
}
