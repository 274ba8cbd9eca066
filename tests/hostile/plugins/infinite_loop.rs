//! Never returns.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    loop {
        std::hint::black_box(());
    }
}

hostile_builder!(build);
