//! Calls inside one process: `benches/calls` measures, this shows.

use serde::Deserialize;

use super::{Ours, table};
use crate::step::{self, Result};

/// One line of what `run-bench-calls` prints.
#[derive(Deserialize)]
struct Measured {
    what: String,
    /// Nanoseconds a call, medians.
    ours: f64,
    theirs: f64,
    /// What the ratio may be, where there is a bar.
    bar: Option<f64>,
}

pub(super) fn run(_: &Ours) -> Result {
    let lines = step::capture(step::cargo().args([
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "run-bench-calls",
    ]))?;
    for line in lines.lines() {
        let row: Measured =
            serde_json::from_str(line).map_err(|error| format!("`{line}`: {error}"))?;
        table::row(
            &row.what,
            &format!("{:.0} ns", row.ours),
            &format!("{:.0} ns", row.theirs),
            row.ours / row.theirs,
            row.bar,
        );
    }
    Ok(())
}
