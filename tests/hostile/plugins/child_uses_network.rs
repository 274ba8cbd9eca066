//! Its child opens a connection that was not granted.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let text = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{} && echo connected",
        target(job)
    );
    let output = Command::new("bash")
        .arg("-c")
        .arg(text)
        .current_dir("/tmp")
        .run()?;
    Err(Error::failed(format!("{output:?}")))
}

hostile_builder!(build);
