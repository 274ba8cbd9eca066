//! Its child reads what the user has in the environment.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    let printed = script("/usr/bin/env; /bin/cat /proc/$PPID/environ", "")?;
    Err(Error::failed(printed))
}

hostile_builder!(build);
