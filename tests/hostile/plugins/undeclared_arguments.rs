//! Runs a declared program in a way that it did not declare.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    Command::new("sh").arg("-i").run()?;
    Ok(Vec::new())
}

hostile_builder!(build);
