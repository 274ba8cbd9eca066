//! Passes a word that its own manifest denies.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    Command::new("sh").arg("-c").arg("true").arg("-x").run()?;
    Ok(Vec::new())
}

hostile_builder!(build);
