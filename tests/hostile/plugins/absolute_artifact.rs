//! Returns a file that it did not make.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    Ok(vec![Artifact::component("/etc/passwd")])
}

hostile_builder!(build);
