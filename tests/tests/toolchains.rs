//! Components that real toolchains made run without a flag, and the same run
//! twice is the same.

use std::io::Write;
use std::process::Stdio;

use run_tests::command::command;
use run_tests::toolchains::component;
use run_tests::{Outcome, Scratch};

/// Runs a toolchain's command with `arguments` and `stdin`.
fn hello(toolchain: &str, arguments: &[&str], stdin: &str) -> Outcome {
    let scratch = Scratch::new();
    let file = component(toolchain, "hello");
    let mut child = command(scratch.path())
        .arg("exec")
        .arg(file)
        .arg("--")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    // Whoever exits without reading closes its end.
    pipe.write_all(stdin.as_bytes()).ok();
    drop(pipe);
    Outcome::ended(child.wait_with_output().expect("it ends"))
}

/// Calls a function of a toolchain's typed component.
fn call(toolchain: &str, function: &str, argument: &str) -> Outcome {
    let scratch = Scratch::new();
    let file = component(toolchain, "greeter");
    let mut command = command(scratch.path());
    command.arg("exec").arg(file);
    Outcome::of(command.args(["--function", function, "--args", argument]))
}

fn a_command(toolchain: &str, language: &str) {
    let first = hello(toolchain, &["0", "two", "words"], "a line\nand another\n").success();
    let greeting = format!("Hello, two words, from {language}!");
    let lines: Vec<_> = first.stdout.lines().collect();
    assert_eq!(lines[..2], [greeting.as_str(), "stdin: a line"], "{first}");
    assert!(lines[2].starts_with("clock: "), "{first}");
    assert!(lines[3].starts_with("random: "), "{first}");
    assert_eq!(lines.len(), 4, "{first}");

    let again = hello(toolchain, &["0", "two", "words"], "a line\nand another\n").success();
    assert_eq!(again.stdout, first.stdout, "the same run twice");
    // Other arguments are another run, with other random numbers.
    let other = hello(toolchain, &["0", "three"], "a line\n").success();
    assert_ne!(other.stdout.lines().last(), Some(lines[3]), "{other}");

    assert_eq!(hello(toolchain, &["1", "x"], "").code, Some(1));
    let silent = hello(toolchain, &["0", "x"], "").success();
    assert_eq!(silent.stdout.lines().nth(1), Some("stdin: "), "{silent}");
}

fn a_typed_component(toolchain: &str, language: &str) {
    let greeting = format!("\"Hello, World, from {language}!\"");
    for (function, argument, expected) in [
        ("greet", "string:World", greeting.as_str()),
        ("greeter.greet", "string:World", greeting.as_str()),
        ("measure", "string:abc d", r#"{"length":5,"upper":"ABC D"}"#),
        ("parse", "42", r#"{"ok":42}"#),
        ("parse", "x", r#"{"err":"not a number: x"}"#),
        ("parse", "string:", r#"{"err":"not a number: "}"#),
    ] {
        let outcome = call(toolchain, function, argument).success();
        let expected = format!("{{\"exit_code\":0,\"return_value\":{expected}}}\n");
        assert_eq!(outcome.stdout, expected, "{function}({argument})");
        let again = call(toolchain, function, argument).success();
        assert_eq!(again.stdout, outcome.stdout, "the same call twice");
    }
}

/// One test a toolchain and component, so that a failure names it.
macro_rules! toolchains {
    ($($toolchain:ident $language:literal),* $(,)?) => {$(
        mod $toolchain {
            #[test]
            fn command() {
                super::a_command(stringify!($toolchain), $language);
            }

            #[test]
            fn typed_component() {
                super::a_typed_component(stringify!($toolchain), $language);
            }
        }
    )*};
}

toolchains! {
    go "Go",
    javascript "JavaScript",
    python "Python",
    rust "Rust",
    typescript "TypeScript",
    zig "Zig",
}
