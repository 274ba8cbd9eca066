//! `run v2 test`.

mod case;
mod diff;
mod judge;
mod junit;
mod output;
mod select;
mod text;

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use run_files::atomic;
use run_project::Project;

use crate::args::Test;
use crate::commands::build;
use crate::failure::{CommandError, FAILED, Failure};
use crate::shell::Shell;
use crate::{interrupt, project};

use case::{Case, Verdict};

pub(crate) fn run(args: &Test, shell: &Shell) -> Result<ExitCode, Failure> {
    let project = project::load(shell)?;
    if args.build {
        let request = build::Request {
            components: args.components.clone(),
            ..build::Request::default()
        };
        build::build(&project, &request, shell)?;
    }
    // Nothing of a test outlives it, so there is nothing to wait for.
    interrupt::exit_on_interrupt(shell);
    let cases = select::cases(&project, &args.components, &args.filters, shell)?;
    if cases.is_empty() && !args.allow_empty {
        return Err(none(&project, args).into());
    }
    if args.list {
        output::list(&cases, shell);
        return Ok(ExitCode::SUCCESS);
    }

    let report = output::Report::start(cases.len(), shell);
    let ready = |index: usize, verdict: &Verdict| report.ready(index, &cases[index], verdict);
    let verdicts = run_all(&cases, ready, || shell.flush());
    shell.flush();
    if let Some(file) = &args.junit {
        write_junit(file, &junit::document(&cases, &verdicts))?;
    }
    let failed = verdicts.iter().filter(|verdict| !verdict.passed()).count();
    report.end(verdicts.len() - failed, failed);
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

/// Zero tests do not pass: a mistyped filter in CI would be green for ever.
fn none(project: &Project, args: &Test) -> CommandError {
    let quoted = |texts: &[String]| {
        let quoted: Vec<_> = texts.iter().map(|text| format!("`{text}`")).collect();
        quoted.join(", ")
    };
    if !args.filters.is_empty() {
        let message = format!("no test's name contains {}", quoted(&args.filters));
        return CommandError::new(message, "`run v2 test --list` shows the names");
    }
    let message = if args.components.is_empty() {
        "there are no tests to run".to_owned()
    } else {
        format!("there are no tests of {}", quoted(&args.components))
    };
    let help = if project.manifest.tests.is_empty() {
        "add a [[test]] to run.toml, or export a function whose name begins with `test-`"
    } else {
        "add a [[test]] to run.toml; exported `test-…` functions are looked for where it has none"
    };
    CommandError::new(
        message,
        format!("{help}; `--allow-empty` makes this a success"),
    )
}

fn write_junit(file: &Path, document: &str) -> Result<(), Failure> {
    let shown = file.display();
    let write = || {
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        atomic::write(file, document.as_bytes())
    };
    write().map_err(|error| CommandError::io(format!("cannot write `{shown}`"), &error).into())
}

/// Runs all cases on as many threads as there are processors; each in an
/// instance of its own. `meanwhile` is called every now and then.
fn run_all(
    cases: &[Case],
    ready: impl Fn(usize, &Verdict) + Sync,
    meanwhile: impl Fn(),
) -> Vec<Verdict> {
    /// What nobody takes for a wait.
    const MOMENT: Duration = Duration::from_millis(20);
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(cases.len());
    let (working, done) = mpsc::channel::<()>();
    let mut verdicts: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let (next, ready) = (&next, &ready);
        let running: Vec<_> = (0..threads)
            .map(|_| {
                let working = working.clone();
                scope.spawn(move || {
                    // Gone with the thread.
                    let _working = working;
                    let mut done = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(case) = cases.get(index) else {
                            return done;
                        };
                        let verdict = case.run();
                        ready(index, &verdict);
                        done.push((index, verdict));
                    }
                })
            })
            .collect();
        drop(working);
        while done.recv_timeout(MOMENT) == Err(RecvTimeoutError::Timeout) {
            meanwhile();
        }
        running
            .into_iter()
            .flat_map(|running| match running.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    verdicts.sort_by_key(|(index, _)| *index);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}
