//! Ctrl-C while tools run: nothing half done is left, and nobody runs on.

use std::fs;
use std::path::Path;

use run_tests::fake::{Fake, Fault};
use run_tests::interrupt::{interrupt, processes, wait};
use run_tests::toolbox::Toolbox;

/// Everything below a directory, as relative paths.
fn files(dir: &Path) -> Vec<String> {
    fn walk(dir: &Path, root: &Path, out: &mut Vec<String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else {
                out.push(path.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }
    let mut out = Vec::new();
    if dir.exists() {
        walk(dir, dir, &mut out);
    }
    out.sort();
    out
}

fn nobody_runs_in(dir: &Path) {
    assert!(
        wait(&mut || processes(dir).is_empty()),
        "{:?}",
        processes(dir)
    );
}

#[test]
fn an_installation_that_is_stopped_leaves_what_was_there() {
    let toolbox = Toolbox::new(&["cowsay"]);
    let there = toolbox.path(".run/toolchains/cowsay-5.0/bin/cowsay");
    fs::create_dir_all(there.parent().unwrap()).unwrap();
    fs::write(there, "of another time").unwrap();
    // The package manager waits for an index that never answers.
    let index = Fake::new();
    index.fails("/", Fault::Silence);
    let url = format!("http://{}/simple", index.address);
    let (code, said) = interrupt(
        toolbox
            .command()
            .args(["toolchain", "install", "cowsay"])
            .env("PIP_INDEX_URL", url),
        || index.count() > 0,
    );
    assert_eq!(code, Some(130), "{said}");
    assert!(said.ends_with("stopped\n"), "{said}");
    nobody_runs_in(&toolbox.path(""));
    assert_eq!(
        files(&toolbox.path(".run/toolchains")),
        [".lock", "cowsay-5.0/bin/cowsay"]
    );
}

#[test]
fn builds_that_are_stopped_leave_nothing_and_nobody() {
    const NAMES: [&str; 2] = ["b", "c"];
    let toolbox = Toolbox::new(&["elmc"]);
    let manifest = fs::read_to_string(toolbox.path("run.toml")).unwrap();
    // Between them is what `plugin add` wrote.
    let component = manifest.split_once("[[component]]").unwrap().1;
    let component = component.split("\n[plugins").next().unwrap();
    let more: String = NAMES
        .iter()
        .map(|name| {
            format!(
                "\n[[component]]{}",
                component.replace("\"app\"", &format!("\"{name}\""))
            )
        })
        .collect();
    fs::write(toolbox.path("run.toml"), manifest + &more).unwrap();
    // It says its version, and where it can open the source, which is in a build,
    // it runs on, also in a child of its own.
    toolbox.elmc("PATH", "1.2.3");
    let program = fs::canonicalize(toolbox.path("../bin/elmc")).unwrap();
    let source = toolbox.path("web/app.tools").display().to_string();
    fs::write(
        &program,
        format!(
            "#!/bin/sh\nif (: < {source}) 2>/dev/null; then\n  (while :; do :; done) &\n  while :; do :; done\nfi\necho elmc 1.2.3\n"
        ),
    )
    .unwrap();
    let running = || {
        let all = processes(program.parent().unwrap());
        all.iter().filter(|line| line.contains("elmc")).count()
    };
    let (code, said) = interrupt(
        toolbox.command().args(["build", "--jobs", "3"]),
        // Two builds, each with a child.
        || running() >= 4,
    );
    assert_eq!(code, Some(130), "{said}");
    assert!(said.ends_with("stopped\n"), "{said}");
    nobody_runs_in(program.parent().unwrap());
    assert_eq!(files(&toolbox.path("target")), [] as [&str; 0]);
    let left = files(&toolbox.path(".run/build"));
    assert!(left.iter().all(|path| path == ".lock"), "{left:?}");

    // The next one is as the first.
    fs::write(&program, "#!/bin/sh\necho elmc 1.2.3\n").unwrap();
    let built = toolbox.run(&["build"]).success();
    assert_eq!(built.stderr.matches("Built ").count(), 3, "{built}");
}
