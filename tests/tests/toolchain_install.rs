//! `toolchain install` with real package managers.

use run_files::Digest;
use run_tests::toolbox::Toolbox;

#[test]
fn tools_are_installed_for_the_project_alone() {
    let toolbox = Toolbox::new(&["cowsay", "json5", "ninja"]);
    let installed = toolbox.run(&["toolchain", "install"]).success();
    for text in [
        "Installing cowsay (`cowsay` by pypi) into .run/toolchains",
        "Installing json5 (`json5` by npm) into .run/toolchains",
        "Installed ninja-of-pypi 1.13.0",
        "pin what was installed with `run v2 toolchain sync`",
    ] {
        assert!(installed.has_said(text), "{text}: {installed}");
    }
    let mut there: Vec<_> = std::fs::read_dir(toolbox.path(".run/toolchains"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    let names: Vec<_> = there
        .iter()
        .map(|name| name.rsplit_once('-').map_or(name.as_str(), |(n, _)| n))
        .collect();
    assert_eq!(
        names,
        [".lock", "cowsay", "json5", "ninja-of-pypi"],
        "{there:?}"
    );

    let build = toolbox.run(&["build"]).success();
    assert!(
        build.has_said("cowsay says 6.") && build.has_said("json5 says 2."),
        "{build}"
    );
    toolbox.run(&["toolchain", "sync"]).success();
    let lock = toolbox.lock();
    assert!(lock.contains("[installed."), "{lock}");
    toolbox.run(&["toolchain", "check"]).success();
    toolbox.run(&["build", "--locked"]).success();
    let again = toolbox.run(&["toolchain", "install"]).success();
    assert!(
        again.has_said("Fresh every tool this project needs is there"),
        "{again}"
    );

    // From nothing to the same bytes, as the lock pins them.
    std::fs::remove_dir_all(toolbox.path(".run")).unwrap();
    toolbox.run(&["toolchain", "install", "--locked"]).success();
    toolbox.run(&["toolchain", "sync"]).success();
    assert_eq!(toolbox.lock(), lock);

    // What was changed since is found, and mended.
    let module = toolbox.path(".run/toolchains/cowsay-6.1/cowsay/__init__.py");
    std::fs::write(&module, "raise SystemExit(1)").unwrap();
    toolbox
        .run(&["toolchain", "check"])
        .failure()
        .says(&["what was installed as `cowsay` was changed since"]);
    toolbox.run(&["toolchain", "install"]).success();
    toolbox.run(&["toolchain", "check"]).success();

    // Other bytes than the pinned ones are not kept.
    std::fs::remove_dir_all(toolbox.path(".run/toolchains")).unwrap();
    let at = lock.find("[installed.").unwrap();
    let (head, tail) = lock.split_at(at);
    let line = tail
        .lines()
        .find(|line| line.starts_with("json5 = "))
        .unwrap();
    let wrong = tail.replace(line, &format!("json5 = \"{}\"", Digest::of(b"x")));
    std::fs::write(toolbox.path("run.lock.toml"), format!("{head}{wrong}")).unwrap();
    toolbox
        .run(&["toolchain", "install", "json5"])
        .failure()
        .says(&["run::toolchain::checksum", "is not what run.lock.toml pins"]);
    let left: Vec<_> = std::fs::read_dir(toolbox.path(".run/toolchains"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, [".lock"]);
}

#[test]
fn what_cannot_be_installed_leaves_nothing() {
    let toolbox = Toolbox::new(&["elmc"]);
    toolbox
        .run(&["toolchain", "install", "hollow"])
        .failure()
        .says(&[
            "run::toolchain::program",
            "there is no `node_modules/.bin/hollow`",
        ]);
    toolbox
        .run(&["toolchain", "install", "future"])
        .failure()
        .says(&[
            "run::toolchain::version",
            "no version of the package `json5` fits >=900 (its newest is 2.",
        ]);
    // A manager that cannot reach its registry says so itself.
    let outcome = run_tests::Outcome::of(
        toolbox
            .command()
            .args(["toolchain", "install", "json5"])
            .env("npm_config_registry", "http://127.0.0.1:9/"),
    );
    outcome.failure().says(&[
        "`json5` cannot be installed",
        "npm view json5 versions --json",
    ]);
    let left: Vec<_> = std::fs::read_dir(toolbox.path(".run/toolchains"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, [".lock"]);
}

#[test]
fn what_the_bundled_plugins_name_is_installed() {
    let scratch = run_tests::Scratch::with(&[
        (
            "run.toml",
            r#"[project]
name = "bundled"
version = "0.1.0"

[[component]]
name = "tool"
source = "tool.py"

[[component]]
name = "web"
source = "web.js"
wit = "wit"
settings = { engine = "starlingmonkey" }
"#,
        ),
        ("tool.py", "print('hello')\n"),
        (
            "web.js",
            "export const host = (text) => new URL(text).hostname;\n",
        ),
        (
            "wit/web.wit",
            "package demo:web;\nworld web { export host: func(text: string) -> string; }\n",
        ),
    ]);
    let installed = scratch
        .run(&["toolchain", "install", "componentize-py", "jco"])
        .success();
    for text in ["Installed componentize-py 0.25.", "Installed jco 1.35."] {
        assert!(installed.has_said(text), "{text}: {installed}");
    }
    let installed = std::fs::read_dir(scratch.path().join(".run/toolchains")).unwrap();
    let names: Vec<_> = installed
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for start in ["componentize-py-0.25.", "jco-1.35."] {
        assert!(
            names.iter().any(|name| name.starts_with(start)),
            "{names:?}"
        );
    }
    // The engine with the Web's interfaces, by way of the jco that was installed.
    scratch.run(&["build", "--component", "web"]).success();
    let called = scratch
        .run(&[
            "exec",
            "web",
            "--function",
            "host",
            "--args",
            "string:https://example.test/a",
        ])
        .success()
        .document();
    assert_eq!(called["return_value"], "example.test");
}
