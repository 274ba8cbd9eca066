//! Its child starts children that start children.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    let printed = script("bomb() { bomb | bomb & }; bomb; /bin/sleep 60", "")?;
    Err(Error::failed(printed))
}

hostile_builder!(build);
