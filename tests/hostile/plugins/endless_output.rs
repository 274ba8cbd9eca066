//! Prints without end.

#![allow(clippy::print_stdout)]

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    let line = "x".repeat(60_000);
    loop {
        println!("{line}");
    }
}

hostile_builder!(build);
