//! Returns a symbolic link that leads out of its directory.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    Command::new("sh")
        .arg("-c")
        .arg("/bin/ln -s \"$1\" a.wasm")
        .arg("sh")
        .arg(target(job))
        .current_dir("/out")
        .run()?;
    Ok(vec![Artifact::component("/out/a.wasm")])
}

hostile_builder!(build);
