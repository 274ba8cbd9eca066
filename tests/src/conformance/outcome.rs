//! What came of a language's cases.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use toml::{Table, Value};

use super::case::{Call, Case, Kind};
use super::language::Language;
use super::project::{Project, TOGETHER};
use super::{deployed, http};
use crate::Tools;

/// Each case's outcome, by its name.
pub type Outcomes = BTreeMap<String, Outcome>;

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is as expected.
    Passed,
    /// It is not; why.
    Failed(String),
    /// It cannot be; why.
    Gap(String),
    /// It is not known from this suite; why.
    Untried(String),
}

/// What came of a language's cases. They are built and run once.
///
/// # Panics
/// There is no such language.
pub fn of(name: &str) -> Arc<Outcomes> {
    type Slot = Arc<OnceLock<Arc<Outcomes>>>;
    static KNOWN: OnceLock<Mutex<BTreeMap<String, Slot>>> = OnceLock::new();
    let slot = {
        let mut known = KNOWN
            .get_or_init(Mutex::default)
            .lock()
            .unwrap_or_else(|error| error.into_inner());
        known.entry(name.to_owned()).or_default().clone()
    };
    let language = Language::named(name);
    slot.get_or_init(|| Arc::new(run(language))).clone()
}

fn run(language: &'static Language) -> Outcomes {
    let cases = Case::all();
    let mut outcomes = Outcomes::new();
    let mut there = Vec::new();
    for case in &cases {
        if let Some(reason) = case.expected.untried.get(language.name) {
            outcomes.insert(case.name.clone(), Outcome::Untried(reason.clone()));
            continue;
        }
        let gap = case.expected.gaps.get(language.name);
        match (case.is_written_in(language.name), gap) {
            (true, _) => there.push(case),
            (false, Some(reason)) => {
                outcomes.insert(case.name.clone(), Outcome::Gap(reason.clone()));
            }
            (false, None) => {
                let why = "it has neither a source nor a gap".to_owned();
                outcomes.insert(case.name.clone(), Outcome::Failed(why));
            }
        }
    }
    let tools = language.tools();
    let (failing, good): (Vec<&Case>, Vec<&Case>) =
        there.iter().partition(|case| case.kind() == Kind::Failing);
    let mut project = Project::new(language);
    let helpers = helpers(language);
    project.add(&good, helpers.as_deref());
    add_tests(&mut project, &good);
    let mut tried = built(&project, &good, &tools);
    keep_helpers(language, &project);

    // In the same place, where compiled dependencies are found again.
    project.add(&failing, None);
    project.write();
    for case in failing {
        tried.insert(case.name.clone(), refused(&project, case, language, &tools));
    }
    for case in there {
        let outcome = tried.remove(&case.name).expect("it was tried");
        let outcome = match (case.expected.gaps.get(language.name), outcome) {
            (Some(_), Outcome::Passed) => {
                Outcome::Failed("it passes, and is said to be a gap".to_owned())
            }
            (Some(reason), _) => Outcome::Gap(reason.clone()),
            (None, outcome) => outcome,
        };
        outcomes.insert(case.name.clone(), outcome);
    }
    outcomes
}

/// The directory with the providers, which are Rust and built with its cases;
/// none where this is that language.
fn helpers(language: &Language) -> Option<PathBuf> {
    if language.name == "rust" {
        return None;
    }
    of("rust");
    Some(kept().path().to_owned())
}

fn kept() -> &'static tempfile::TempDir {
    static KEPT: OnceLock<tempfile::TempDir> = OnceLock::new();
    KEPT.get_or_init(|| tempfile::tempdir().expect("a temporary directory"))
}

fn keep_helpers(language: &Language, project: &Project) {
    if language.name != "rust" {
        return;
    }
    for name in &project.sources {
        let file = format!("{name}.wasm");
        let from = project.scratch.path().join("target/wasm").join(&file);
        if from.is_file() {
            std::fs::copy(from, kept().path().join(file)).expect("it is copied");
        }
    }
}

/// What `run.toml` can say of the cases' calls and runs.
fn add_tests(project: &mut Project, cases: &[&Case]) {
    for case in cases {
        let component = project.component(case);
        for (index, call) in case.expected.calls.iter().enumerate() {
            let mut test = Table::new();
            test.insert("function".into(), function(case, call).into());
            test.insert("args".into(), call.args.clone().into());
            match &call.expected {
                Some(expected) => test.insert("expected".into(), expected.clone().into()),
                None => test.insert("expect_error".into(), Value::Boolean(true)),
            };
            project.test(&named(case, index), &component, &test);
        }
        for (index, run) in case.expected.runs.iter().enumerate() {
            let mut test = Table::new();
            test.insert("args".into(), run.args.clone().into());
            test.insert("expected_stdout".into(), run.stdout.clone().into());
            test.insert("expected_exit".into(), i64::from(run.exit).into());
            if let Some(stdin) = &run.stdin {
                test.insert("stdin".into(), stdin.clone().into());
            }
            project.test(&named(case, index), &component, &test);
        }
    }
    project.write();
}

fn function(case: &Case, call: &Call) -> String {
    format!("{}#{}", case.interface(), call.function)
}

fn named(case: &Case, index: usize) -> String {
    format!("{}/{index}", case.name)
}

/// Builds everything, runs the tests, and judges each case by its own.
fn built(project: &Project, cases: &[&Case], tools: &Tools) -> Outcomes {
    let all = |outcome: &Outcome| {
        cases
            .iter()
            .map(|case| (case.name.clone(), outcome.clone()))
            .collect()
    };
    let build = project.scratch.run_with(tools, &["build"]);
    if build.code != Some(0) {
        return all(&Outcome::Failed(format!("the build failed\n{build}")));
    }
    let ran = project.scratch.run(&["test", "--json"]);
    let mut failures = BTreeMap::<&str, String>::new();
    let lines = ran.lines();
    if lines.iter().any(|line| line.get("error").is_some()) {
        return all(&Outcome::Failed(format!("the tests do not run\n{ran}")));
    }
    for test in &lines {
        let Some(name) = test["name"].as_str() else {
            continue;
        };
        if test["passed"] == true {
            continue;
        }
        let case = name.split('/').next().unwrap_or_default();
        let why = failures.entry(case).or_default();
        why.push_str(&format!("{name}: {}: {}\n", test["call"], test["reason"]));
        why.push_str(test["detail"].as_str().unwrap_or_default());
        why.push_str(test["stderr"].as_str().unwrap_or_default());
    }
    let expected: usize = cases
        .iter()
        .map(|case| case.expected.calls.len() + case.expected.runs.len())
        .sum();
    let ran_all = lines.iter().filter(|line| line["name"].is_string()).count();
    assert_eq!(ran_all, expected, "tests that were run: {ran}");
    let mut outcomes = Outcomes::new();
    for case in cases {
        let why = failures.remove(case.name.as_str());
        let outcome = match why.or_else(|| beyond_tests(project, case, tools).err()) {
            None => Outcome::Passed,
            Some(why) => Outcome::Failed(why),
        };
        outcomes.insert(case.name.clone(), outcome);
    }
    outcomes
}

/// What a `[[test]]` cannot say: what a trap prints, and answers to requests.
fn beyond_tests(project: &Project, case: &Case, tools: &Tools) -> Result<(), String> {
    let component = project.component(case);
    for call in case.expected.calls.iter().filter(|call| call.traps) {
        let function = function(case, call);
        let mut arguments = vec!["exec", &component, "--function", &function];
        for argument in &call.args {
            arguments.extend(["--args", argument]);
        }
        let outcome = project.scratch.run(&arguments);
        let prints = call.prints.as_deref().unwrap_or_default();
        if outcome.code != Some(1) || !outcome.has_said(prints) {
            return Err(format!("`{prints}` is not said by the trap:\n{outcome}"));
        }
    }
    if !case.expected.requests.is_empty() {
        let file = match component == TOGETHER {
            // With what its other modules import.
            true => {
                let compose = ["build", "--compose", TOGETHER];
                project.scratch.run_with(tools, &compose).success();
                format!("target/wasm/{TOGETHER}.composed.wasm")
            }
            false => format!("target/wasm/{component}.wasm"),
        };
        match case.expected.platform {
            None => http::check(&project.scratch.read(&file), &case.expected.requests)?,
            Some(platform) => {
                let component = project.scratch.path().join(&file);
                deployed::check(platform, &component, &case.expected.requests)?;
            }
        }
    }
    Ok(())
}

/// Builds what must fail, and looks at what is said.
fn refused(project: &Project, case: &Case, language: &Language, tools: &Tools) -> Outcome {
    let build = project
        .scratch
        .run_with(tools, &["build", "--component", &case.name]);
    if build.code != Some(1) {
        return Outcome::Failed(format!("it did not fail:\n{build}"));
    }
    let own = case.directory.join(language.name).join("says.txt");
    let own = std::fs::read_to_string(own).unwrap_or_default();
    let general = case.expected.fails.iter().flatten().map(String::as_str);
    let missing: Vec<_> = general
        .chain(own.lines())
        .filter(|line| !build.has_said(line))
        .collect();
    if project
        .scratch
        .has(&format!("target/wasm/{}.wasm", case.name))
    {
        return Outcome::Failed("it failed and left a component".to_owned());
    }
    match missing.as_slice() {
        [] => Outcome::Passed,
        missing => Outcome::Failed(format!("{missing:?} is not said:\n{build}")),
    }
}
