//! Its child writes to a file outside.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let printed = script("echo x > \"$1\" && echo written", &target(job))?;
    Err(Error::failed(printed))
}

hostile_builder!(build);
