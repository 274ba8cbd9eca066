//! Its child reads a secret of the user.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let printed = script("/bin/cat \"$1\"", &target(job))?;
    Err(Error::failed(printed))
}

hostile_builder!(build);
