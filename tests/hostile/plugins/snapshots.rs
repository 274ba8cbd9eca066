//! Asks for snapshots that it should not get, of components that are odd.

use run_hostile_plugins::*;
use run_plugin_api::preinit::Snapshot;

/// What came of a request, in a few words.
fn line(name: &str, outcome: Result<()>) -> String {
    match outcome {
        Ok(()) => format!("{name}: taken"),
        Err(error) => format!("{name}: {}", error.message().replace('\n', " ")),
    }
}

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let target = target(job);
    let mut said = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir("/src")
        .map_err(|error| Error::failed(error.to_string()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".wasm"))
        .collect();
    files.sort();
    for file in files {
        let taken = Snapshot::new(format!("/src/{file}"), "init").write_to("/out/kept.wasm");
        said.push(line(&file, taken));
    }
    let one = || Snapshot::new("/src/plain.wasm", "init");
    let out = "/out/kept.wasm";
    for (name, outcome) in [
        (
            "no export",
            Snapshot::new("/src/plain.wasm", "start").write_to(out),
        ),
        ("too many arguments", one().wave("1").write_to(out)),
        (
            "no file",
            Snapshot::new("/src/none.wasm", "init").write_to(out),
        ),
        (
            "outside",
            Snapshot::new("/etc/passwd", "init").write_to(out),
        ),
        (
            "climbing",
            Snapshot::new("/src/../x.wasm", "init").write_to(out),
        ),
        ("a link", Snapshot::new("/src/link", "init").write_to(out)),
        ("a text outside", one().text_of(&target).write_to(out)),
        ("a mount outside", one().mount("/x", "/").write_to(out)),
        ("into the source", one().write_to("/src/kept.wasm")),
        ("into the cache", one().write_to("/cache/kept.wasm")),
        ("onto the directory", one().write_to("/out")),
        ("climbing out", one().write_to("/out/../kept.wasm")),
    ] {
        said.push(line(name, outcome));
    }
    Err(Error::failed(said.join("\n")))
}

hostile_builder!(build);
