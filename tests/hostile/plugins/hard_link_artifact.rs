//! Returns a file that has another name in its cache, through which it could
//! change what was published.

use run_hostile_plugins::*;

fn build(_: &Job) -> Result<Vec<Artifact>> {
    std::fs::write("/out/a.wasm", "x").map_err(|error| Error::failed(error.to_string()))?;
    Command::new("sh")
        .arg("-c")
        .arg("/bin/ln a.wasm b.wasm")
        .current_dir("/out")
        .run()?;
    Ok(vec![Artifact::component("/out/a.wasm")])
}

hostile_builder!(build);
