//! Returns a path that climbs out of its directory.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    Ok(vec![Artifact::component("/out/../src/main.hostile")])
}

hostile_builder!(build);
