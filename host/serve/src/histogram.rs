//! Counting durations by how long they were.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds, in microseconds: what answering with WebAssembly takes, and
/// what waiting for others does.
const BOUNDS: [(u64, &str); 12] = [
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (1_000_000, "1"),
    (5_000_000, "5"),
    (30_000_000, "30"),
];

/// A histogram as Prometheus has it.
#[derive(Default)]
pub(crate) struct Histogram {
    /// One more than there are bounds, for what is beyond them.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Histogram {
    pub(crate) fn record(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let at = BOUNDS
            .iter()
            .position(|(bound, _)| micros <= *bound)
            .unwrap_or(BOUNDS.len());
        if let Some(bucket) = self.buckets.get(at) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// In the text format, under `name`.
    pub(crate) fn write(&self, name: &str, out: &mut String) {
        let mut total = 0;
        let bounds = BOUNDS.iter().map(|(_, text)| *text).chain(["+Inf"]);
        for (bucket, bound) in self.buckets.iter().zip(bounds) {
            total += bucket.load(Ordering::Relaxed);
            // Writing to a string does not fail.
            writeln!(out, "{name}_bucket{{le=\"{bound}\"}} {total}").ok();
        }
        let micros = self.micros.load(Ordering::Relaxed);
        let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
        writeln!(out, "{name}_sum {seconds}.{rest:06}").ok();
        writeln!(out, "{name}_count {total}").ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up() {
        let histogram = Histogram::default();
        for millis in [0, 1, 3, 40_000] {
            histogram.record(Duration::from_millis(millis));
        }
        let mut text = String::new();
        histogram.write("t", &mut text);
        for line in [
            "t_bucket{le=\"0.00025\"} 1",
            "t_bucket{le=\"0.001\"} 2",
            "t_bucket{le=\"0.005\"} 3",
            "t_bucket{le=\"30\"} 3",
            "t_bucket{le=\"+Inf\"} 4",
            "t_sum 40.004000",
            "t_count 4",
        ] {
            assert!(text.lines().any(|have| have == line), "{line}:\n{text}");
        }
    }
}
