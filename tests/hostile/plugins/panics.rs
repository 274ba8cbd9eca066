//! Panics.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    panic!("on purpose")
}

hostile_builder!(build);
