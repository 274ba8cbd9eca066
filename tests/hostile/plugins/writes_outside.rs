//! Writes wherever it can name a path.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    let written: Vec<_> = [
        "/src/x",
        "/src/../x",
        "/wit/x",
        "/etc/x",
        "/x",
        "../x",
        "/out/../x",
    ]
    .into_iter()
    .filter(|path| std::fs::write(path, "x").is_ok())
    .collect();
    Err(Error::failed(format!("written: {written:?}")))
}

hostile_builder!(build);
