//! `run v2 test`.

mod case;
mod output;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use run_project::Project;
use run_runtime::engine::Options;
use run_runtime::{ArtifactCache, Engine, Prepared};

use crate::args::Test;
use crate::commands::build;
use crate::composition::{self, Runnable};
use crate::failure::{CommandError, FAILED, Failure};
use crate::project;
use crate::shell::Shell;

use case::{Case, Verdict};

pub(crate) fn run(args: &Test, shell: &Shell) -> Result<ExitCode, Failure> {
    let project = project::load(shell)?;
    let named: Vec<String> = args.component.iter().cloned().collect();
    if args.build {
        let request = build::Request {
            components: named.clone(),
            ..build::Request::default()
        };
        build::build(&project, &request, shell)?;
    }
    let components = project::components(&project, &named)?;
    let engine = Engine::application(&Options::default())?;
    let cache = ArtifactCache::user();
    let mut prepared = BTreeMap::new();
    for component in components {
        let name = component.name.value.as_str();
        let file = project::artifact(&project, component);
        if !file.is_file() && !file.with_extension("wat").is_file() {
            return Err(CommandError::new(
                format!(
                    "the component `{name}` is not built: `{}` is not there",
                    file.display()
                ),
                "build it with `run v2 build`, or test with `--build`",
            )
            .into());
        }
        // Where tests are declared, a component without one need not be linked.
        let tests = &project.manifest.tests;
        if !tests.is_empty() && !tests.iter().any(|test| test.component.value == name) {
            continue;
        }
        let component = match composition::of_component(&project, component, shell)? {
            Runnable::File(file) => Prepared::open(&engine, &cache, &file)?,
            Runnable::Wasm(wasm) => Prepared::new(&engine, &cache, &wasm)?,
        };
        prepared.insert(name.to_owned(), Arc::new(component));
    }

    let mut cases = declared(&project, &prepared);
    if project.manifest.tests.is_empty() {
        cases = discovered(&prepared);
    }
    if let Some(filter) = &args.filter {
        cases.retain(|case| case.name.contains(filter.as_str()));
    }
    if cases.is_empty() {
        return Err(CommandError::new(
            "there are no tests to run",
            "add a [[test]] to run.toml, or export a function whose name begins with `test-`",
        )
        .into());
    }

    let report = output::Report::start(cases.len(), args.json, shell);
    let verdicts = run_all(&cases, |index, verdict| {
        report.ready(index, &cases[index], verdict)
    });
    let failed = verdicts.iter().filter(|verdict| !verdict.passed()).count();
    report.end(verdicts.len() - failed, failed);
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

/// The tests of `run.toml` for these components, in the order of the file.
fn declared(project: &Project, prepared: &BTreeMap<String, Arc<Prepared>>) -> Vec<Case> {
    let mut used: BTreeMap<String, usize> = BTreeMap::new();
    project
        .manifest
        .tests
        .iter()
        .filter_map(|test| {
            let component = prepared.get(&test.component.value)?;
            let name = match (&test.name, &test.function) {
                (Some(name), _) => name.value.clone(),
                (None, Some(function)) => function.value.clone(),
                (None, None) => test.component.value.clone(),
            };
            let count = used.entry(name.clone()).or_default();
            *count += 1;
            let name = if *count > 1 {
                format!("{name}_{count}")
            } else {
                name
            };
            Some(Case::declared(name, component.clone(), test))
        })
        .collect()
}

/// Every exported function whose name begins with `test-` or `test_`.
fn discovered(prepared: &BTreeMap<String, Arc<Prepared>>) -> Vec<Case> {
    prepared
        .values()
        .flat_map(|component| {
            component
                .functions()
                .iter()
                .filter(|function| {
                    function.name.starts_with("test-") || function.name.starts_with("test_")
                })
                .map(|function| Case::discovered(component.clone(), function))
        })
        .collect()
}

/// Runs all cases on as many threads as there are processors; each in an
/// instance of its own.
fn run_all(cases: &[Case], ready: impl Fn(usize, &Verdict) + Sync) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(cases.len());
    let mut verdicts: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let joined: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
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
        joined
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
