//! Goes on when it is asked to stop.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    loop {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

hostile_builder!(build);
