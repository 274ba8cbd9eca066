//! Its child sends a signal to the host.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let printed = script("kill -0 \"$1\" && echo allowed", &target(job))?;
    Err(Error::failed(printed))
}

hostile_builder!(build);
