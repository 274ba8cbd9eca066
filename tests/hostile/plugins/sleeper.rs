//! Sleeps, so that it takes no processor time.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    std::thread::sleep(std::time::Duration::from_secs(3600));
    Ok(Vec::new())
}

hostile_builder!(build);
