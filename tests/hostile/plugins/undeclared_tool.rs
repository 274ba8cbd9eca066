//! Runs a program that its manifest does not declare.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    Command::new("curl").arg("https://declared.invalid").run()?;
    Ok(Vec::new())
}

hostile_builder!(build);
