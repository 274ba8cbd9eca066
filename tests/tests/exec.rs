//! `exec` on components that are written here as text.

use std::fs;

use run_tests::command::command;
use run_tests::{Outcome, Scratch};

/// Every scalar and `string`, each function giving back what it was given.
const SCALARS: &str = r#"
(component
  (core module $m
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (global.get $next))
      (global.set $next (i32.add (global.get $next) (local.get 3)))
      local.get $at)
    (func (export "i32") (param i32) (result i32) local.get 0)
    (func (export "i64") (param i64) (result i64) local.get 0)
    (func (export "f32") (param f32) (result f32) local.get 0)
    (func (export "f64") (param f64) (result f64) local.get 0)
    (func (export "string") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      i32.const 16)
    (func (export "fail") unreachable)
    (func (export "spin") (loop (br 0))))
  (core instance $i (instantiate $m))
  (func (export "echo-bool") (param "v" bool) (result bool) (canon lift (core func $i "i32")))
  (func (export "echo-s8") (param "v" s8) (result s8) (canon lift (core func $i "i32")))
  (func (export "echo-u8") (param "v" u8) (result u8) (canon lift (core func $i "i32")))
  (func (export "echo-s16") (param "v" s16) (result s16) (canon lift (core func $i "i32")))
  (func (export "echo-u16") (param "v" u16) (result u16) (canon lift (core func $i "i32")))
  (func (export "echo-s32") (param "v" s32) (result s32) (canon lift (core func $i "i32")))
  (func (export "echo-u32") (param "v" u32) (result u32) (canon lift (core func $i "i32")))
  (func (export "echo-s64") (param "v" s64) (result s64) (canon lift (core func $i "i64")))
  (func (export "echo-u64") (param "v" u64) (result u64) (canon lift (core func $i "i64")))
  (func (export "echo-f32") (param "v" f32) (result f32) (canon lift (core func $i "f32")))
  (func (export "echo-f64") (param "v" f64) (result f64) (canon lift (core func $i "f64")))
  (func (export "echo-char") (param "v" char) (result char) (canon lift (core func $i "i32")))
  (func (export "echo-string") (param "v" string) (result string)
    (canon lift (core func $i "string") (memory $i "memory") (realloc (func $i "realloc"))))
  (func (export "fail") (canon lift (core func $i "fail")))
  (func (export "test-spin") (canon lift (core func $i "spin"))))
"#;

fn scratch() -> Scratch {
    Scratch::with(&[("scalars.wat", SCALARS)])
}

#[test]
fn every_scalar_and_string_goes_in_and_comes_out() {
    let scratch = scratch();
    for (function, argument, expected) in [
        ("bool", "bool:true", "true"),
        ("s8", "s8:-128", "-128"),
        ("u8", "u8:255", "255"),
        ("s16", "s16:-32768", "-32768"),
        ("u16", "u16:65535", "65535"),
        ("s32", "s32:-2147483648", "-2147483648"),
        ("u32", "u32:4294967295", "4294967295"),
        ("s64", "s64:-9223372036854775808", "-9223372036854775808"),
        ("u64", "u64:18446744073709551615", "18446744073709551615"),
        ("f32", "f32:0.1", "0.1"),
        ("f64", "f64:3.14", "3.14"),
        ("f64", "f64:nan", "\"NaN\""),
        ("char", "char:ä", "\"ä\""),
        ("string", "string:hello, world", "\"hello, world\""),
        ("string", "string:", "\"\""),
        ("s32", "-7", "-7"),
        ("string", "\"a\\nb\"", "\"a\\nb\""),
    ] {
        let function = format!("echo-{function}");
        let arguments = [
            "exec",
            "scalars.wat",
            "--function",
            &function,
            "--args",
            argument,
        ];
        let outcome = scratch.run(&arguments).success();
        let expected = format!("{{\"exit_code\":0,\"return_value\":{expected}}}\n");
        assert_eq!(outcome.stdout, expected, "{function} {argument}");
    }
}

#[test]
fn arguments_that_do_not_fit_are_shown_with_the_signature() {
    let scratch = scratch();
    for (function, argument, expected) in [
        ("echo-u8", "u8:256", "`256` is out of range for `u8`"),
        ("echo-u8", "s32:1", "it is `u8`, and `s32` was given"),
        ("echo-bool", "bool:maybe", "`maybe` is not a `bool`"),
        ("echo-s32", "1,2", "`echo-s32` takes 1 argument, 2 given"),
    ] {
        let arguments = [
            "exec",
            "scalars.wat",
            "--function",
            function,
            "--args",
            argument,
        ];
        let signature = format!("the function is `{function}: func(v:");
        scratch
            .run(&arguments)
            .failure()
            .says(&[expected, &signature]);
    }
}

#[test]
fn an_unknown_function_names_the_nearest() {
    let scratch = scratch();
    scratch
        .run(&[
            "exec",
            "scalars.wat",
            "--function",
            "echo-s33",
            "--args",
            "1",
        ])
        .failure()
        .says(&["exports no function `echo-s33`", "did you mean `echo-s32`?"]);
    scratch
        .run(&["exec", "scalars.wat"])
        .failure()
        .says(&["is not a command", "`echo-bool`"]);
}

#[test]
fn a_trap_names_the_function_and_json_errors_are_json() {
    let scratch = scratch();
    scratch
        .run(&["exec", "scalars.wat", "--function", "fail"])
        .failure()
        .says(&["`fail` trapped", "unreachable"]);
    let outcome = scratch
        .run(&["exec", "scalars.wat", "--function", "fail", "--json"])
        .failure();
    let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(document["error"]["code"], "run::runtime::trap");
    assert_eq!(outcome.stderr, "");
    let json = [
        "exec",
        "scalars.wat",
        "--function",
        "echo-u8",
        "--args",
        "1",
        "--json",
    ];
    let outcome = scratch.run(&json).success();
    let expected = "{\"exit_code\":0,\"return_value\":1,\"stdout\":\"\",\"stderr\":\"\"}\n";
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn what_is_no_component_is_refused() {
    let scratch = Scratch::with(&[
        ("module.wat", "(module)"),
        ("broken.wat", "(component\n  (bogus))"),
        ("empty.wasm", ""),
        (
            "needs.wat",
            "(component (import \"acme:shop/prices\" (instance)))",
        ),
    ]);
    std::fs::write(scratch.path().join("cut.wasm"), b"\0asm\x0d\0").unwrap();
    for (file, expected) in [
        ("module.wat", &["is a core module, not a component"][..]),
        ("broken.wat", &["broken.wat:2:4", "(bogus)"]),
        ("empty.wasm", &["is not a valid component"]),
        ("cut.wasm", &["the file ends before its header does"]),
        (
            "needs.wat",
            &["imports what nothing here provides: `acme:shop/prices`"],
        ),
        ("missing.wasm", &["there is no file `missing.wasm`"]),
    ] {
        scratch
            .run(&["exec", file, "--function", "f"])
            .failure()
            .says(expected);
    }
}

#[test]
fn a_test_that_never_ends_fails() {
    let scratch = scratch();
    scratch.write(
        "run.toml",
        r#"
        [project]
        name = "spin"
        version = "0.1.0"
        [[component]]
        name = "scalars"
        path = "scalars.wasm"
        [[test]]
        component = "scalars"
        function = "test-spin"
        timeout = "300ms"
        [[test]]
        component = "scalars"
        function = "echo-s32"
        args = ["s32:1"]
        expected = "s32:2"
        [[test]]
        component = "scalars"
        function = "echo-s32"
        args = ["s32:1"]
        expect_error = true
        [[test]]
        component = "scalars"
        function = "fail"
        expect_error = true
        "#,
    );
    let outcome = scratch.run(&["test"]).failure();
    let expected = "\
Running 4 tests...
  FAIL test-spin - timed out: it ran longer than its timeout of 300 ms
  FAIL echo-s32 - expected s32:2, got s32:1
  FAIL echo-s32_2 - expected an error, and the call succeeded
  PASS fail (fail() → error)

Results: 1 passed, 3 failed
";
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn exported_tests_are_found_where_none_are_written_and_none_is_an_error() {
    let scratch = Scratch::with(&[
        (
            "run.toml",
            "[project]\nname = \"t\"\nversion = \"0.1.0\"\n[[component]]\nname = \"a\"\npath = \"a.wasm\"\n",
        ),
        (
            "a.wat",
            "(component (core module $m (func (export \"ok\"))) (core instance $i (instantiate $m))
               (func (export \"test-ok\") (canon lift (core func $i \"ok\"))))",
        ),
    ]);
    let outcome = scratch.run(&["test"]).success();
    assert!(
        outcome
            .stdout
            .contains("  PASS test-ok (auto-discovered)\n"),
        "{outcome}"
    );
    scratch.write("a.wat", "(component)");
    scratch
        .run(&["test"])
        .failure()
        .says(&["there are no tests to run"]);
}

#[test]
fn what_was_built_is_compiled_for_its_first_run_unless_told_not_to() {
    let scratch = scratch();
    let component = "[[component]]\nname = \"scalars\"\nsource = \"scalars.wat\"\n";
    let project = "[project]\nname = \"app\"\nversion = \"0.1.0\"\n";
    scratch.write("run.toml", &format!("{project}\n{component}"));
    let cache = scratch.path().join("cache");
    let compiled = |arguments: &[&str]| {
        let mut command = command(scratch.path());
        Outcome::of(command.env("RUN_CACHE_DIR", &cache).args(arguments)).success();
        let files = fs::read_dir(cache.join("artifacts"));
        let paths = files.into_iter().flatten().map(|file| file.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|ending| ending == "cwasm"))
            .count()
    };
    assert_eq!(compiled(&["build", "--no-precompile"]), 0);
    assert_eq!(compiled(&["build"]), 1);
}
