//! Its child prints without end.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    let printed = script("exec /usr/bin/yes \"$1\"", &"x".repeat(8000))?;
    Err(Error::failed(format!("{} bytes", printed.len())))
}

hostile_builder!(build);
