//! Returns a directory.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    std::fs::create_dir("/out/a.wasm").map_err(|error| Error::failed(error.to_string()))?;
    Ok(vec![Artifact::component("/out/a.wasm")])
}

hostile_builder!(build);
