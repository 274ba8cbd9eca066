//! What `test` makes of a call, on components that are written in
//! `tests/components` as text.

use std::fmt::Write as _;

use run_tests::components::{project, test};

#[test]
fn values_are_compared_and_not_texts() {
    let mut tests = String::new();
    let mut expected = String::new();
    let cases = [
        ("add", "s32:5", true),
        ("add", "5", true),
        ("add", "s32:6", false),
        ("hello", "string:hello", true),
        ("hello", "hello", true),
        ("hello", "\\\"hello\\\"", true),
        ("hello", "\\\"hell\\u0061\\\"", false),
        ("point", "{x: 7, y: nan}", true),
        ("point", "{y: nan, x: 7}", true),
        ("point", "{ x:7 , y:nan }", true),
        ("point", "{x: 8, y: nan}", false),
        ("checked", "ok(1)", true),
    ];
    for (index, (function, value, passes)) in cases.iter().enumerate() {
        let args = match *function {
            "add" => "args = [\"s32:2\", \"s32:3\"]",
            "checked" => "args = [\"true\"]",
            _ => "",
        };
        let rest = format!("function = \"{function}\"\n{args}\nexpected = \"{value}\"");
        tests.push_str(&test(&format!("case{index:02}"), &rest));
        let word = if *passes { "PASS" } else { "FAIL" };
        writeln!(expected, "  {word} case{index:02}").unwrap();
    }
    let outcome = project(&tests).run(&["test"]).failure();
    let words: String = outcome
        .stdout
        .lines()
        .filter(|line| line.starts_with("  PASS") || line.starts_with("  FAIL"))
        .map(|line| format!("{}\n", &line[..13]))
        .collect();
    assert_eq!(words, expected, "{outcome}");
}

#[test]
fn failures_say_what_differs() {
    let tests = [
        test("short", "function = \"hello\"\nexpected = \"bye\""),
        test(
            "long",
            "function = \"lines\"\nexpected = \"one\\ntwo\\n3\\n\"",
        ),
        test("error", "function = \"checked\"\nargs = [\"false\"]"),
        test(
            "other",
            "function = \"checked\"\nargs = [\"false\"]\nexpect_error = \"small\"",
        ),
        test("none", "function = \"hello\"\nexpect_error = true"),
        test("unfit", "function = \"hello\"\nargs = [\"1\"]"),
        test(
            "wrong",
            "function = \"add\"\nargs = [\"1\", \"2\"]\nexpected = \"s8:1\"",
        ),
        test("slow", "function = \"spin\"\ntimeout = \"150ms\""),
        test(
            "slow_is_no_error",
            "function = \"spin\"\ntimeout = \"150ms\"\nexpect_error = true",
        ),
    ];
    let outcome = project(&tests.concat()).run(&["test"]).failure();
    let expected = "\
Running 9 tests...
  FAIL short - expected bye, got string:hello
  FAIL long - the value is not what was expected (- expected, + actual)
         one
         two
       - 3
       + three
  FAIL error - it returned the error `too big`
  FAIL other - expected an error with `small`, got `too big`
  FAIL none - expected an error, and the call succeeded
  FAIL unfit - `hello` takes 0 arguments, 1 given (the function is `hello: func() -> string`)
  FAIL wrong - `expected` does not fit the function: it is `s32`, and `s8` was given
  FAIL slow - timed out: it ran longer than its timeout of 150 ms
  FAIL slow_is_no_error - timed out: it ran longer than its timeout of 150 ms

Results: 0 passed, 9 failed
";
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn errors_that_are_expected_pass() {
    let tests = [
        test("any", "function = \"checked\"\nargs = [\"false\"]\nexpect_error = true"),
        test("text", "function = \"checked\"\nargs = [\"false\"]\nexpect_error = \"too big\""),
        test("value", "function = \"checked\"\nargs = [\"false\"]\nexpected = \"err(\\\"too big\\\")\""),
        test("trap", "function = \"trap\"\nexpect_error = \"unreachable\""),
        "[tests.compatible]\ncomponent = \"cat\"\nexpect_exit = 1\nstdin = \"!\"\n".to_owned(),
        "[[test]]\nname = \"exit\"\ncomponent = \"cat\"\nstdin = \"!\"\nexpect_error = true\n".to_owned(),
        "[[test]]\nname = \"said\"\ncomponent = \"cat\"\nstdin = \"!\"\nenv = { A = \"no such\" }\nexpect_error = \"such\"\n".to_owned(),
    ];
    let outcome = project(&tests.concat()).run(&["test"]).success();
    let expected = "\
Running 7 tests...
  PASS any (checked(false) → err(\"too big\"))
  PASS text (checked(false) → err(\"too big\"))
  PASS value (checked(false) → err(\"too big\"))
  PASS trap (trap() → error)
  PASS compatible (run() → exit 1)
  PASS exit (run() → exit 1)
  PASS said (run() → exit 1)

Results: 7 passed, 0 failed
";
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn a_command_gets_stdin_and_variables_and_both_outputs_are_compared() {
    let cat = |name: &str, rest: &str| {
        format!(
            "[[test]]\nname = \"{name}\"\ncomponent = \"cat\"\nstdin = \"hi\"\n\
             env = {{ NAME = \"value\" }}\n{rest}\n"
        )
    };
    let tests = [
        cat(
            "both",
            "expected_stdout = \"hi\"\nexpected_stderr = \"value\"",
        ),
        cat("out", "expected_stdout = \"ho\""),
        cat("err", "expected_stderr = \"\""),
        cat("exit", "expected_exit = 1"),
        cat("error", "expect_error = true"),
    ];
    let outcome = project(&tests.concat()).run(&["test"]).failure();
    let expected = "\
Running 5 tests...
  PASS both (run() → exit 0)
  FAIL out - expected it to print \"ho\", it printed \"hi\"
       stdout: hi
       stderr: value
  FAIL err - expected it to print \"\" to stderr, it printed \"value\"
       stdout: hi
       stderr: value
  FAIL exit - expected exit code 1, got 0
       stdout: hi
       stderr: value
  FAIL error - expected an error, and it exited with 0
       stdout: hi
       stderr: value

Results: 1 passed, 4 failed
";
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn a_function_gets_stdin_as_well() {
    let cat = |name: &str, stdin: &str, expected: &str| {
        format!(
            "[[test]]\nname = \"{name}\"\ncomponent = \"cat\"\nfunction = \"cat\"\n\
             stdin = \"{stdin}\"\n{expected}\n"
        )
    };
    let tests = [
        cat("same", "hi", "expected_stdout = \"hi\""),
        cat("other", "ho", "expected_stdout = \"hi\""),
        cat("err", "!", "expect_error = true"),
    ];
    let outcome = project(&tests.concat()).run(&["test"]).failure();
    let expected = "\
Running 3 tests...
  PASS same (cat() → ok)
  FAIL other - expected it to print \"hi\", it printed \"ho\"
       stdout: ho
  PASS err (cat() → err)

Results: 2 passed, 1 failed
";
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn a_trap_has_its_reason_in_the_line_and_the_backtrace_beneath() {
    let tests = test("boom", "function = \"trap\"");
    let outcome = project(&tests).run(&["test"]).failure();
    let mut lines = outcome.stdout.lines().skip(1);
    let line = lines.next().unwrap();
    assert!(line.starts_with("  FAIL boom - `trap` trapped: "), "{line}");
    assert!(line.contains("unreachable"), "{line}");
    assert!(lines.next().unwrap().starts_with("       "), "{outcome}");
    assert!(
        outcome.stdout.contains("0: "),
        "the innermost frame: {outcome}"
    );
}
