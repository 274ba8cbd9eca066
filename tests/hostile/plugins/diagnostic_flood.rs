//! Reports diagnostics without end.

use run_hostile_plugins::*;

fn build(job: &Job) -> Result<Vec<Artifact>> {
    let source = job.project().source();
    let message = "x".repeat(60_000);
    loop {
        Diagnostic::error(&message)
            .label(Span::new(&source, 1, 1), "")
            .report();
    }
}

hostile_builder!(build);
