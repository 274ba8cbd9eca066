//! The table that ends up in `benches/README.md`.

use std::time::Duration;

use super::measure::{Sample, mebibytes, milliseconds};

pub(super) fn head() {
    println!("| what | ours | theirs | ratio | bar |\n|---|---|---|---|---|");
}

/// Wall time of a pair, against the ratio that is allowed.
pub(super) fn wall(what: &str, (ours, theirs): (Sample, Sample), bar: f64) {
    row(
        what,
        &milliseconds(ours.wall),
        &milliseconds(theirs.wall),
        ours.wall.as_secs_f64() / theirs.wall.as_secs_f64(),
        Some(bar),
    );
}

/// Peak memory of the same pair.
pub(super) fn peak((ours, theirs): (Sample, Sample), bar: f64) {
    row(
        "… peak memory",
        &mebibytes(ours.peak),
        &mebibytes(theirs.peak),
        ours.peak as f64 / theirs.peak as f64,
        Some(bar),
    );
}

/// Something that has no peer, against the time that is allowed.
pub(super) fn absolute(what: &str, ours: Duration, bar: Duration) {
    let mark = if ours > bar { " **missed**" } else { "" };
    println!(
        "| {what} | {} | | | ≤ {} ms{mark} |",
        milliseconds(ours),
        bar.as_millis()
    );
}

/// How large something is, against what is allowed, in bytes.
pub(super) fn size(what: &str, ours: u64, bar: u64) {
    let mark = if ours > bar { " **missed**" } else { "" };
    let megabytes = |bytes: u64| format!("{:.2} MB", bytes as f64 / 1e6);
    println!(
        "| {what} | {} | | | ≤ {}{mark} |",
        megabytes(ours),
        megabytes(bar)
    );
}

/// Two figures with their ratio, and the bar where there is one.
pub(super) fn row(what: &str, ours: &str, theirs: &str, ratio: f64, bar: Option<f64>) {
    let bar = match bar {
        Some(bar) if ratio > bar => format!("≤ {bar} **missed**"),
        Some(bar) => format!("≤ {bar}"),
        None => String::new(),
    };
    println!("| {what} | {ours} | {theirs} | {ratio:.2} | {bar} |");
}
