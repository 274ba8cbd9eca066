//! Logs without end.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let _ = job;
    let line = "x".repeat(60_000);
    loop {
        run_plugin_api::events::info(&line);
    }
}

hostile_builder!(build);
