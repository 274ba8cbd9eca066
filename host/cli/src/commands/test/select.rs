//! Which tests there are: those of `run.toml`, or those that components export.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use run_project::manifest::Test;
use run_project::{Component, Problem, Project};
use run_runtime::engine::Options;
use run_runtime::exports;
use run_runtime::{ArtifactCache, Engine, Error, Prepared};

use super::case::{Call, Case};
use crate::composition::{self, Runnable};
use crate::failure::{CommandError, Failure};
use crate::project;
use crate::shell::Shell;

/// A component that is read, compiled and looked through once for all its tests.
pub(super) struct Loaded {
    pub(super) prepared: Prepared,
}

/// The tests to run, in the order of `run.toml`. Every test that names what is
/// not there is reported, each at its place, before any test runs.
pub(super) fn cases(
    project: &Project,
    components: &[String],
    filters: &[String],
    shell: &Shell,
) -> Result<Vec<Case>, Failure> {
    let components = project::components(project, components)?;
    let wanted =
        |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter));
    let loader = Loader {
        project,
        shell,
        engine: Engine::application(&Options::default())?,
        cache: ArtifactCache::user(),
    };
    if project.manifest.tests.is_empty() {
        let mut cases = discovered(&components, &loader, shell)?;
        cases.retain(|case| wanted(&case.name));
        return Ok(cases);
    }
    declared(project, &components, &loader, &wanted)
}

struct Loader<'p> {
    project: &'p Project,
    shell: &'p Shell,
    engine: Engine,
    cache: ArtifactCache,
}

impl Loader<'_> {
    fn load(&self, component: &Component) -> Result<Arc<Loaded>, Failure> {
        let name = component.name.value.as_str();
        let file = project::artifact(self.project, component);
        if !composition::is_there(&file) {
            return Err(CommandError::new(
                format!(
                    "the component `{name}` is not built: `{}` is not there",
                    file.display()
                ),
                "build it with `run v2 build`, or test with `--build`",
            )
            .into());
        }
        let runnable = composition::of_component(self.project, component, self.shell)?;
        let prepared = match runnable {
            Runnable::File(file) => Prepared::open(&self.engine, &self.cache, &file)?,
            Runnable::Wasm(wasm) => Prepared::new(&self.engine, &self.cache, &wasm)?,
        };
        prepared.check_imports()?;
        Ok(Arc::new(Loaded { prepared }))
    }
}

fn declared(
    project: &Project,
    components: &[&Component],
    loader: &Loader<'_>,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<Case>, Failure> {
    let tests = &project.manifest.tests;
    let mut loaded: BTreeMap<&str, Arc<Loaded>> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut cases = Vec::new();
    for (test, name) in tests.iter().zip(names(tests)) {
        let tested = test.component.value.as_str();
        let component = components
            .iter()
            .find(|component| component.name.value.as_str() == tested);
        let Some(component) = component.filter(|_| wanted(&name)) else {
            continue;
        };
        let component = match loaded.get(tested) {
            Some(component) => component,
            None => loaded.entry(tested).or_insert(loader.load(component)?),
        };
        match call(component, test) {
            Ok(call) => cases.push(Case::declared(name, component.clone(), call, test)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(cases)
    } else {
        Err(project::refused(project, problems))
    }
}

/// What each test is called. Where `name` is missing it is the function's, with
/// a number where that is taken; the same whichever tests are selected.
fn names(tests: &[Test]) -> Vec<String> {
    let given = tests.iter().filter_map(|test| test.name.as_ref());
    let mut taken: HashSet<String> = given.map(|name| name.value.clone()).collect();
    let mut next: BTreeMap<&str, usize> = BTreeMap::new();
    tests
        .iter()
        .map(|test| {
            if let Some(name) = &test.name {
                return name.value.clone();
            }
            let base = test.function.as_ref().unwrap_or(&test.component);
            let count = next.entry(base.value.as_str()).or_default();
            loop {
                *count += 1;
                let name = match *count {
                    1 => base.value.clone(),
                    count => format!("{}_{count}", base.value),
                };
                if taken.insert(name.clone()) {
                    return name;
                }
            }
        })
        .collect()
}

/// What a test calls, or the problem of `run.toml` that it names what its
/// component does not have.
fn call(component: &Loaded, test: &Test) -> Result<Call, Problem> {
    let args = test.args.iter().map(|arg| arg.value.clone()).collect();
    let tested = &test.component.value;
    let Some(wanted) = &test.function else {
        if component.prepared.is_command() {
            return Ok(Call::Command { args });
        }
        let help = match component.prepared.functions() {
            [] => "it exports no functions either".to_owned(),
            functions => format!(
                "add `function`; it exports {}",
                exports::describe(functions)
            ),
        };
        return Err(Problem {
            code: "run::test::not_a_command",
            message: format!("`{tested}` is not a command, and the test names no function"),
            span: Some(test.component.span.clone()),
            label: "tested here".to_owned(),
            help: Some(help),
        });
    };
    let found = exports::find(tested, component.prepared.functions(), &wanted.value);
    match found {
        Ok(function) => Ok(Call::Function {
            function,
            shown: wanted.value.clone(),
            args,
        }),
        Err(error) => Err(Problem {
            code: "run::test::unknown_function",
            message: error.to_string(),
            span: Some(wanted.span.clone()),
            label: "called here".to_owned(),
            help: help(&error),
        }),
    }
}

fn help(error: &Error) -> Option<String> {
    match error {
        Error::AmbiguousFunction { candidates, .. } => candidates
            .first()
            .map(|first| format!("name the interface as well, for example `{first}`")),
        other => miette::Diagnostic::help(other).map(|help| help.to_string()),
    }
}

/// Every exported function whose name begins with `test-` or `test_`. One that
/// takes parameters is no test: nothing says what to call it with.
fn discovered(
    components: &[&Component],
    loader: &Loader<'_>,
    shell: &Shell,
) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for component in components {
        let name = component.name.value.as_str();
        let loaded = loader.load(component)?;
        let (top_level, in_interfaces): (Vec<_>, Vec<_>) = loaded
            .prepared
            .functions()
            .iter()
            .partition(|function| function.interface.is_none());
        for function in top_level.into_iter().chain(in_interfaces) {
            if !function.name.starts_with("test-") && !function.name.starts_with("test_") {
                continue;
            }
            if function.ty.params().len() > 0 {
                shell.warn(&format!(
                    "`{}` of `{name}` takes parameters, so it is not run as a test: \
                     call it from a [[test]] with `args`",
                    function.full_name()
                ));
                continue;
            }
            cases.push(Case::discovered(name, loaded.clone(), function));
        }
    }
    Ok(cases)
}
