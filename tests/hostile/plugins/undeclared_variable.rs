//! Sets a variable that would load code into its child.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    Command::new("sh")
        .arg("-c")
        .arg("true")
        .env("LD_PRELOAD", "/out/x.so")
        .run()?;
    Ok(Vec::new())
}

hostile_builder!(build);
