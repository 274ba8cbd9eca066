//! `run.toml` cases as data: `tests/cases/<case>/run.toml` beside `error.txt`
//! (every problem, `line:column code message / help`) or `expected.txt` (what
//! it was read as). With `BLESS=1` in the
//! environment the expectations are written anew, to be read in the diff.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use run_project::{ComponentKind, Project, ProjectError};

fn render(dir: &Path) -> (&'static str, String) {
    match Project::load(&dir.join("run.toml")) {
        Err(ProjectError::Manifest(error)) => ("error.txt", error.plain() + "\n"),
        Err(other) => panic!("{other}"),
        Ok(project) => {
            let manifest = &project.manifest;
            let about = &manifest.project;
            let mut out = format!("{} {}\n", about.name.value, about.version.value);
            for component in &manifest.components {
                let from = match &component.kind {
                    ComponentKind::Source { source, .. } => {
                        format!("source {}", source.value.as_str())
                    }
                    ComponentKind::Prebuilt { path } => format!("path {}", path.value.as_str()),
                };
                let capabilities: Vec<_> = component
                    .capabilities
                    .iter()
                    .map(|c| c.value.to_string())
                    .collect();
                writeln!(
                    out,
                    "component {} {from} {capabilities:?}",
                    component.name.value
                )
                .unwrap();
            }
            for test in &manifest.tests {
                let args: Vec<_> = test.args.iter().map(|arg| arg.value.as_str()).collect();
                let expected = test
                    .expected
                    .as_ref()
                    .map(|expected| expected.value.as_str());
                writeln!(out, "test {} {args:?} {expected:?}", test.component.value).unwrap();
            }
            for dependency in manifest
                .dependencies
                .iter()
                .chain(&manifest.dev_dependencies)
            {
                writeln!(out, "dependency {}", dependency.name.value).unwrap();
            }
            for profile in &manifest.profiles {
                writeln!(out, "profile {}", profile.name.value).unwrap();
            }
            for plugin in &manifest.plugins {
                writeln!(out, "plugin {}", plugin.name.value).unwrap();
            }
            for warning in &manifest.warnings {
                writeln!(out, "warning {}", warning.plain(&project.source_text)).unwrap();
            }
            ("expected.txt", out)
        }
    }
}

#[test]
fn every_case_is_read_as_it_says() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut names: Vec<_> = fs::read_dir(cases)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    assert!(names.len() >= 25, "{} cases", names.len());
    let bless = std::env::var_os("BLESS").is_some();
    let mut failures = String::new();
    for dir in names {
        let (file, actual) = render(&dir);
        if bless {
            fs::write(dir.join(file), &actual).unwrap();
        }
        let expected = fs::read_to_string(dir.join(file)).unwrap_or_default();
        if actual != expected {
            writeln!(
                failures,
                "=== {}\n--- {file}\n{expected}\n+++\n{actual}",
                dir.display()
            )
            .unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn a_project_is_found_from_any_directory_below_it() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b/c");
    fs::create_dir_all(&deep).unwrap();
    assert!(matches!(
        Project::discover(&deep),
        Err(ProjectError::NotFound(_))
    ));
    let text = "[project]\nname = \"x\"\nversion = \"1.0.0\"\n";
    fs::write(dir.path().join("run.toml"), text).unwrap();
    assert_eq!(Project::discover(&deep).unwrap().root, dir.path());
}
