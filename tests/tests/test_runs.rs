//! Which tests are run, and how a whole run shows itself.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::Duration;

use run_tests::Scratch;
use run_tests::command::command;
use run_tests::components::{HEAD, project, test};

#[test]
fn exported_tests_are_found_at_the_top_and_in_interfaces() {
    let scratch = project("");
    let outcome = scratch
        .run(&["test"])
        .failure()
        .says(&["`test-with` of `calc` takes parameters, so it is not run as a test"]);
    let reason = outcome
        .stdout
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .collect::<Vec<_>>();
    assert_eq!(
        reason[..3],
        [
            "  PASS test-ok (auto-discovered)",
            "  FAIL test-fails - it returned the error `too big`",
            "  PASS demo:calc/checks#test-inner (auto-discovered)",
        ],
        "{outcome}"
    );
    assert!(reason[3].starts_with("  FAIL demo:calc/checks#test-traps - `"));
    assert_eq!(reason.len(), 4);
    // Where run.toml has a test, only what it has is run.
    scratch.write(
        "run.toml",
        &format!("{HEAD}{}", test("one", "function = \"hello\"")),
    );
    let outcome = scratch.run(&["test"]).success();
    assert!(
        outcome.stdout.starts_with("Running 1 test...\n"),
        "{outcome}"
    );
}

#[test]
fn tests_are_selected_by_name_and_component() {
    let tests = [
        test("add_one", "function = \"hello\""),
        test("add_two", "function = \"hello\""),
        test("greet", "function = \"hello\""),
        "[[test]]\nname = \"cats\"\ncomponent = \"cat\"\n".to_owned(),
    ];
    let scratch = project(&tests.concat());
    for (arguments, expected) in [
        (&["--filter", "add"][..], "add_one add_two"),
        (&["--filter", "two", "--filter", "gre"], "add_two greet"),
        (&["--component", "cat"], "cats"),
        (
            &["--component", "cat", "--component", "calc"],
            "add_one add_two greet cats",
        ),
        (
            &["--component", "calc", "--filter", "cat", "--allow-empty"],
            "",
        ),
    ] {
        let mut all = vec!["test", "--json", "--list"];
        all.extend(arguments);
        let outcome = scratch.run(&all).success();
        let names: Vec<String> = outcome
            .stdout
            .lines()
            .filter_map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                Some(line.get("name")?.as_str()?.to_owned())
            })
            .collect();
        assert_eq!(names.join(" "), expected, "{arguments:?}");
    }
    let listed = scratch
        .run(&["test", "--list", "--filter", "add"])
        .success();
    let expected = "  add_one (calc: hello)\n  add_two (calc: hello)\n\n2 tests\n";
    assert_eq!(listed.stdout, expected);
    scratch
        .run(&["test", "--filter", "nothing"])
        .failure()
        .says(&["no test's name contains `nothing`", "--list"]);
    scratch
        .run(&["test", "--component", "clac"])
        .failure()
        .says(&["there is no component `clac`", "did you mean `calc`?"]);
    let outcome = scratch
        .run(&["test", "--filter", "nothing", "--allow-empty"])
        .success();
    assert_eq!(
        outcome.stdout,
        "Running 0 tests...\n\nResults: 0 passed, 0 failed\n"
    );
}

#[test]
fn tests_of_what_is_not_there_are_shown_in_run_toml_before_any_runs() {
    let tests = [
        test("one", "function = \"ad\""),
        test("two", "function = \"helo\""),
        test("three", ""),
        test("four", "function = \"hello\""),
    ];
    let outcome = project(&tests.concat()).run(&["test"]).failure().says(&[
        "`calc` exports no function `ad`",
        "did you mean `add`?",
        "`calc` exports no function `helo`",
        "did you mean `hello`?",
        "`calc` is not a command, and the test names no function",
        "run.toml:13:12",
    ]);
    assert_eq!(outcome.stdout, "");
}

#[test]
fn what_cannot_be_tested_is_said_with_help() {
    let scratch = Scratch::new();
    scratch
        .run(&["test"])
        .failure()
        .says(&["there is no `run.toml`", "run v2 init"]);
    let scratch = project(&test("one", "function = \"hello\""));
    std::fs::remove_file(scratch.path().join("cat.wat")).unwrap();
    scratch.run(&["test"]).success();
    scratch.write("calc.wat", "(module)");
    scratch
        .run(&["test"])
        .failure()
        .says(&["is a core module, not a component"]);
    std::fs::remove_file(scratch.path().join("calc.wat")).unwrap();
    scratch
        .run(&["test"])
        .failure()
        .says(&["the component `calc` is not built", "--build"]);
}

#[test]
fn junit_holds_every_result_and_hostile_text_is_only_text() {
    let tests = [
        test("fine", "function = \"hello\""),
        test(
            "<&\\\"'>",
            "function = \"hello\"\nexpected = \"a]]>\\u0007<b/>\"",
        ),
        "[[test]]\nname = \"cats\"\ncomponent = \"cat\"\nstdin = \"\\u001b[2J<x>\"\n".to_owned(),
    ];
    let scratch = project(&tests.concat());
    scratch
        .run(&["test", "--junit", "out/report.xml"])
        .failure();
    let xml = String::from_utf8(scratch.read("out/report.xml")).unwrap();
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name="));
    for expected in [
        "<testsuite name=\"calc\" tests=\"2\" failures=\"1\" errors=\"0\"",
        "<testsuite name=\"cat\" tests=\"1\" failures=\"0\" errors=\"0\"",
        "<testcase name=\"fine\" classname=\"calc\"",
        "<testcase name=\"&lt;&amp;&quot;&apos;&gt;\" classname=\"calc\"",
        "<failure message=\"expected a]]&gt;\u{fffd}&lt;b/&gt;, got string:hello\"",
        "<system-out>\u{fffd}[2J&lt;x&gt;</system-out>",
    ] {
        assert!(xml.contains(expected), "{expected} is missing from {xml}");
    }
    assert!(!xml.contains('\u{1b}') && !xml.contains('\u{7}'), "{xml}");
    assert_eq!(
        std::fs::read_dir(scratch.path().join("out"))
            .unwrap()
            .count(),
        1
    );
}

#[test]
fn results_come_in_the_order_of_run_toml_however_many() {
    let mut tests = String::new();
    let mut expected = String::from("Running 1000 tests...\n");
    for number in 0..1000 {
        tests.push_str(
            "[[test]]\ncomponent = \"calc\"\nfunction = \"hello\"\nexpected = \"hello\"\n",
        );
        let name = match number {
            0 => "hello".to_owned(),
            number => format!("hello_{}", number + 1),
        };
        writeln!(expected, "  PASS {name} (hello() → string:hello)").unwrap();
    }
    expected.push_str("\nResults: 1000 passed, 0 failed\n");
    let outcome = project(&tests).run(&["test"]).success();
    assert_eq!(outcome.stdout, expected);
}

#[test]
#[cfg(unix)]
fn ctrl_c_stops_a_test_that_would_run_for_long() {
    use std::io::{BufRead, BufReader};

    let tests = [
        test("first", "function = \"hello\""),
        test("endless", "function = \"spin\"\ntimeout = \"9m\""),
    ];
    let scratch = project(&tests.concat());
    let mut child = command(scratch.path())
        .arg("test")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The handler is there before the first line is.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "Running 2 tests...");
    assert!(lines.next().unwrap().unwrap().starts_with("  PASS first"));
    let id = child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.unwrap().success());
    for _ in 0..600 {
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.code(), Some(130));
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    panic!("it ran on");
}
