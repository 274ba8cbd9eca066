//! Well-behaved: initialises `/src/component.wasm` with what is in `/src/data`,
//! twice, and returns the first of the two.

use run_hostile_plugins::*;
use run_plugin_api::preinit::Snapshot;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    for file in ["/out/first.wasm", "/out/second.wasm"] {
        Snapshot::new("/src/component.wasm", "initialize")
            .wave("\"/data\"")
            .text_of("/src/data/text")
            .mount("/data", "/src/data")
            .env("MODE", "kept")
            .write_to(file)?;
    }
    let read = |file: &str| std::fs::read(file).map_err(|error| Error::failed(error.to_string()));
    if read("/out/first.wasm")? != read("/out/second.wasm")? {
        return Err(Error::failed("two snapshots differ"));
    }
    Ok(vec![Artifact::component("/out/first.wasm")])
}

hostile_builder!(build);
