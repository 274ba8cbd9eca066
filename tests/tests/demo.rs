//! What users were promised: the 30-second demo, to the letter.

use run_tests::Scratch;

const RESULTS: &str = "\
Running 1 test...
  PASS greet_42 (greet(s32:42) → s32:43)

Results: 1 passed, 0 failed
";

#[test]
fn the_demo_works_without_any_tool() {
    let scratch = Scratch::new();
    scratch.run(&["init", "my-app"]).success();
    let app = scratch.path().join("my-app");
    for file in ["run.toml", "components/hello.wat", "wit/hello.wit"] {
        assert!(app.join(file).is_file(), "{file}");
    }
    let exec = [
        "exec",
        "components/hello.wasm",
        "--function",
        "greet",
        "--args",
        "s32:42",
    ];
    let outcome = run_tests::run(&app, &exec).success();
    assert_eq!(outcome.stdout, "{\"exit_code\":0,\"return_value\":43}\n");
    assert_eq!(run_tests::run(&app, &["test"]).success().stdout, RESULTS);
}

#[test]
fn the_demo_works_with_the_component_assembled_by_hand() {
    let scratch = Scratch::new();
    scratch.run(&["init", "my-app"]).success();
    let app = scratch.path().join("my-app");
    // What `wasm-tools parse components/hello.wat -o components/hello.wasm` does.
    let wasm = wat::parse_file(app.join("components/hello.wat")).unwrap();
    std::fs::write(app.join("components/hello.wasm"), wasm).unwrap();
    assert_eq!(run_tests::run(&app, &["test"]).success().stdout, RESULTS);
    let info = run_tests::run(&app, &["info", "components/hello.wasm"])
        .success()
        .stdout;
    assert!(info.starts_with("Component: components/hello.wasm\n  Type: component\n  Size: "));
    assert!(
        info.ends_with("  Exports:\n    - greet: func(s32) -> s32\n"),
        "{info}"
    );
}

#[test]
fn init_overwrites_nothing_and_escapes_nowhere() {
    let scratch = Scratch::with(&[("taken/file", "mine")]);
    scratch
        .run(&["init", "taken"])
        .failure()
        .says(&["`taken` exists already"]);
    assert_eq!(scratch.read("taken/file"), b"mine");
    for name in ["../out", "/tmp/out", "a/b", ".", "..", "", "-x", "con"] {
        let outcome = scratch.run(&["init", "--", name]);
        assert_eq!(outcome.code, Some(1), "{name}: {outcome}");
    }
    assert_eq!(
        std::fs::read_dir(scratch.path()).unwrap().count(),
        1,
        "nothing was left"
    );
}

#[test]
fn mistakes_on_the_command_line_are_errors_with_a_suggestion() {
    let scratch = Scratch::new();
    for (arguments, expected) in [
        (
            &["bogus"][..],
            "there is: init, build, exec, serve, test, info, deploy, clean, plugin, toolchain, cache, doctor",
        ),
        (&["biuld"], "a similar subcommand exists: 'build'"),
        (&["exec", "--bogus"], "unexpected argument '--bogus'"),
        (
            &["exec", "x.wasm", "--functoin", "f"],
            "a similar argument exists: '--function'",
        ),
    ] {
        let outcome = scratch.run(arguments);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert!(outcome.stderr.contains(expected), "{outcome}");
    }
}

#[test]
fn help_lists_every_command_and_opens_no_engine() {
    let scratch = Scratch::new();
    let mut command = run_tests::command::command(scratch.path());
    // Anything that touched the cache would leave it behind.
    command.env("RUN_CACHE_DIR", scratch.path().join("cache"));
    let help = run_tests::Outcome::of(command.arg("--help"))
        .success()
        .stdout;
    for name in [
        "init",
        "build",
        "exec",
        "serve",
        "test",
        "info",
        "deploy",
        "clean",
        "plugin",
        "toolchain",
        "cache",
        "doctor",
    ] {
        assert!(
            help.contains(&format!("\n  {name} ")),
            "{name} is missing from {help}"
        );
    }
    assert!(!scratch.has("cache"));
}

#[test]
fn clean_removes_what_was_built_and_nothing_else() {
    let scratch = Scratch::new();
    scratch.run(&["init", "app"]).success();
    let app = scratch.path().join("app");
    std::fs::create_dir_all(app.join("target/wasm")).unwrap();
    std::fs::write(app.join("target/wasm/x.wasm"), "x").unwrap();
    std::fs::write(app.join("target/other"), "x").unwrap();
    run_tests::run(&app, &["build"]).success();
    run_tests::run(&app, &["clean"]).success();
    assert!(!app.join("target/wasm").exists());
    assert!(app.join("target/other").exists());
    assert!(app.join(".run").exists());
    run_tests::run(&app, &["clean", "--cache"]).success();
    assert!(!app.join(".run").exists());
    assert!(app.join("components/hello.wat").exists());
}
