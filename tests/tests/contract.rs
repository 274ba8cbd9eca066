//! The plugin contract against every released version of it: within a version
//! only what is compatible may change.

use std::fs;
use std::path::Path;

use run_tests::Scratch;
use run_tests::command::workspace;
use wit_parser::{Resolve, WorldId};

const WORLDS: [&str; 2] = ["language-builder", "deploy-provider"];

/// One resolve with both: two packages of one version cannot live together, so
/// the released one is given another. The check ignores versions.
fn load(released: &Path) -> Resolve {
    let scratch = Scratch::with(&[("check.wit", "package run:check; world check {}")]);
    let copy = |from: &Path, to: &str, rename: bool| {
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "wit") {
                let text = fs::read_to_string(&path).unwrap();
                let head = text
                    .lines()
                    .find(|line| line.starts_with("package "))
                    .unwrap();
                let text = if rename {
                    text.replace(head, "package run:plugin@0.0.1;")
                } else {
                    text.clone()
                };
                scratch.write(
                    &format!("{to}/{}", path.file_name().unwrap().display()),
                    &text,
                );
            }
        }
    };
    copy(&workspace().join("wit"), "deps/new", false);
    copy(released, "deps/old", true);
    for entry in fs::read_dir(workspace().join("wit/deps")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().display().to_string();
        scratch.write(&format!("deps/{name}"), &fs::read_to_string(path).unwrap());
    }
    let mut resolve = Resolve::default();
    resolve
        .push_dir(scratch.path())
        .unwrap_or_else(|error| panic!("{}: {error:#}", released.display()));
    resolve
}

fn world(resolve: &Resolve, name: &str, released: bool) -> WorldId {
    let found = resolve.worlds.iter().find(|(_, world)| {
        let package = &resolve.packages[world.package.unwrap()].name;
        let old = package
            .version
            .as_ref()
            .is_some_and(|version| version.to_string() == "0.0.1");
        world.name == name && package.name == "plugin" && old == released
    });
    found
        .unwrap_or_else(|| panic!("there is no world {name}"))
        .0
}

fn check(released: &Path, name: &str) -> Result<(), String> {
    let resolve = load(released);
    let (before, now) = (world(&resolve, name, true), world(&resolve, name, false));
    wit_component::semver_check(resolve, before, now).map_err(|error| format!("{error:#}"))
}

#[test]
fn every_released_version_still_holds() {
    let mut checked = 0;
    for entry in fs::read_dir(workspace().join("tests/contract")).unwrap() {
        let released = entry.unwrap().path();
        for name in WORLDS {
            check(&released, name)
                .unwrap_or_else(|error| panic!("{}: {name}: {error}", released.display()));
            checked += 1;
        }
    }
    assert!(checked >= 2, "there is a released version to check against");
}

#[test]
fn a_change_that_breaks_plugins_is_noticed() {
    let released = workspace().join("tests/contract/0.1.0");
    for (file, from, to) in [
        (
            "builder.wit",
            "record template { name: string,",
            "record template { name: u32,",
        ),
        ("builder.wit", "detect: func(", "detects: func("),
        (
            "types.wit",
            "enum severity { error,",
            "enum severity { fatal, error,",
        ),
    ] {
        let scratch = Scratch::new();
        scratch.copy_from(&released);
        let text = String::from_utf8(scratch.read(file)).unwrap();
        assert!(text.contains(from), "{from}");
        scratch.write(file, &text.replace(from, to));
        assert!(check(scratch.path(), "language-builder").is_err(), "{to}");
    }
}
