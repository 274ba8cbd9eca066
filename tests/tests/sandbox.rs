//! What a component may reach and use, and what it is told where it may not.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;

use run_tests::command::command;
use run_tests::guest::probe;
use run_tests::{Outcome, Scratch};

/// `run v2 exec FLAGS probe.wasm -- WORDS` in a scratch directory.
fn probed(scratch: &Scratch, flags: &[&str], words: &[&str]) -> Outcome {
    Outcome::of(
        command(scratch.path())
            .arg("exec")
            .args(flags)
            .arg(probe())
            .arg("--")
            .args(words),
    )
}

#[track_caller]
fn prints(flags: &[&str], words: &[&str], expected: &str) {
    let outcome = probed(&Scratch::new(), flags, words).success();
    assert_eq!(outcome.stdout.trim_end(), expected, "{outcome}");
}

#[test]
fn a_command_gets_its_name_its_arguments_its_input_and_its_exit_code() {
    prints(
        &[],
        &["args", "a b", "--c"],
        r#"["probe.wasm", "args", "a b", "--c"]"#,
    );
    let scratch = Scratch::new();
    let mut child = command(scratch.path())
        .arg("exec")
        .arg(probe())
        .args(["--", "stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"one\ntwo").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "\"one\\ntwo\"\n");
    // The standard library of this guest knows success and failure only.
    for (code, expected) in [("0", 0), ("7", 1)] {
        let outcome = probed(&scratch, &[], &["exit", code]);
        assert_eq!(outcome.code, Some(expected), "{outcome}");
    }
}

#[test]
fn time_is_virtual_unless_it_is_allowed_and_strict_refuses_it() {
    let scratch = Scratch::new();
    let once = probed(&scratch, &[], &["clock"]).success();
    let again = probed(&scratch, &[], &["clock"]).success();
    assert_eq!(
        once.stdout, again.stdout,
        "the same time, to the nanosecond"
    );
    assert!(once.stdout.starts_with(|c: char| c.is_ascii_digit()));
    assert_eq!(once.stderr.matches("a virtual clock").count(), 1, "{once}");
    assert!(once.stderr.contains("--allow-clock"), "{once}");
    let passed: u64 = once.stdout.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(passed > 100_000, "a loop takes its time: {once}");

    let real = probed(&scratch, &["--allow-clock"], &["clock"]).success();
    let wall: u128 = real.stdout.split(' ').next().unwrap().parse().unwrap();
    assert!(wall > 1_700_000_000_000_000_000, "{real}");
    assert!(!real.stderr.contains("clock"), "{real}");

    probed(&scratch, &["--strict"], &["clock"])
        .failure()
        .says(&[
            "it called `wasi:clocks/wall-clock`, which it was not given",
            "allow it with `--allow-clock`",
        ]);
    let epoch = Outcome::of(
        command(scratch.path())
            .env("SOURCE_DATE_EPOCH", "1000000000")
            .arg("exec")
            .arg(probe())
            .args(["--", "clock"]),
    );
    assert!(epoch.stdout.starts_with("1000000000"), "{epoch}");
}

#[test]
fn sleeping_takes_no_time_and_moves_the_clock() {
    let start = std::time::Instant::now();
    prints(&[], &["sleep", "100000"], "slept 100000");
    assert!(start.elapsed().as_secs() < 1000, "it was not slept through");
    for flag in ["--no-fuel", "--fast"] {
        prints(&[flag], &["sleep", "100000"], "slept 100000");
    }
}

#[test]
fn random_numbers_are_seeded_by_the_component_and_its_arguments() {
    let scratch = Scratch::new();
    let keys = |flags: &[&str], words: &[&str]| probed(&scratch, flags, words).success();
    let one = keys(&[], &["random"]);
    assert_eq!(one.stdout, keys(&[], &["random"]).stdout);
    assert!(one.stderr.contains("seeded random numbers"), "{one}");
    let real: Vec<_> = (0..4)
        .map(|_| keys(&["--allow-random"], &["random"]).stdout)
        .collect();
    assert!(
        real.iter().any(|keys| *keys != real[0]),
        "twenty keys in one order four times"
    );
    probed(&scratch, &["--strict"], &["random"])
        .failure()
        .says(&["`wasi:random/", "`--allow-random`"]);
}

#[test]
fn variables_and_directories_are_given_one_by_one() {
    let scratch = Scratch::with(&[("data/file", "content"), ("secret", "hidden")]);
    let run = |flags: &[&str], words: &[&str]| probed(&scratch, flags, words);
    let variable = |flags: &[&str]| run(flags, &["env", "PROBE"]).success().stdout;
    assert_eq!(variable(&[]), "Err(NotPresent)\n");
    assert_eq!(variable(&["--env", "PROBE=a=b"]), "Ok(\"a=b\")\n");
    run(&["--env", "RUN_TESTS_UNSET"], &["env", "PROBE"])
        .failure()
        .says(&["`--env RUN_TESTS_UNSET` is not understood"]);

    let denied = run(&[], &["read", "data/file"]);
    assert_eq!(denied.code, Some(1), "{denied}");
    denied.says(&["was given no directory", "`--dir`"]);
    let read = |flags: &[&str], path: &str| run(flags, &["read", path]);
    assert_eq!(read(&["--dir", "data:ro"], "data/file").stdout, "content\n");
    assert_eq!(read(&["--dir", "data::/d"], "/d/file").stdout, "content\n");
    for escape in ["/d/../secret", "../secret", "/d/../../secret"] {
        assert_eq!(
            read(&["--dir", "data::/d"], escape).code,
            Some(1),
            "{escape}"
        );
    }
    assert_eq!(
        run(&["--dir", "data:ro"], &["write", "data/file"]).code,
        Some(1)
    );
    assert_eq!(scratch.read("data/file"), b"content");
    run(&["--dir", "data"], &["write", "data/new"]).success();
    assert_eq!(scratch.read("data/new"), b"written");
    run(&["--dir", "nowhere"], &["args"])
        .failure()
        .says(&["the directory `nowhere` cannot be opened"]);
}

#[test]
fn sockets_are_denied_with_the_flag_that_allows_them() {
    let scratch = Scratch::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let denied = probed(&scratch, &[], &["connect", &address]);
    assert_eq!(denied.code, Some(1), "{denied}");
    denied.says(&[
        &format!("tried to connect to {address}"),
        &format!("`--allow-net {address}`"),
        &format!("`net:connect:{address}`"),
    ]);
    let accepted = std::thread::spawn(move || {
        let mut text = String::new();
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_to_string(&mut text).unwrap();
        text
    });
    probed(&scratch, &["--allow-net", &address], &["connect", &address]).success();
    assert_eq!(accepted.join().unwrap(), "hello");
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let at = format!("127.0.0.1:{port}");
    probed(&scratch, &[], &["listen", &at]).says(&[&format!("`--allow-net listen:{port}`")]);
    let listen = format!("listen:{port}");
    probed(&scratch, &["--allow-net", &listen], &["listen", &at]).success();
    probed(&scratch, &["--allow-net", "nonsense"], &["args"])
        .failure()
        .says(&["write HOST:PORT or listen:PORT"]);
}

#[test]
fn every_limit_stops_with_its_figure_and_a_code_of_its_own() {
    let scratch = Scratch::new();
    for (flags, words, code, says) in [
        (
            &["--max-memory", "20MiB"][..],
            &["grow"][..],
            125,
            "more than 20 MiB of memory",
        ),
        (
            &["--max-fuel", "1000000"],
            &["spin"],
            125,
            "more than 1000000 units of fuel",
        ),
        (
            &["--max-output", "100"],
            &["print", "1000"],
            125,
            "printed more than 100 bytes",
        ),
        (
            &["--timeout", "300ms"],
            &["spin"],
            124,
            "ran for more than 300ms",
        ),
        (
            &["--timeout", "300ms", "--no-fuel"],
            &["spin"],
            124,
            "ran for more than 300ms",
        ),
        (
            &["--timeout", "300ms", "--allow-clock"],
            &["sleep", "600"],
            124,
            "more than 300ms",
        ),
        (
            &["--max-instances", "1"],
            &["args"],
            125,
            "more than 1 core instances",
        ),
    ] {
        let outcome = probed(&scratch, flags, words);
        assert_eq!(outcome.code, Some(code), "{flags:?} {outcome}");
        let flag = flags[0];
        outcome.says(&[says, flag]);
    }
    let cut = probed(&scratch, &["--max-output", "100"], &["print", "1000"]);
    assert_eq!(cut.stdout.len(), 100, "what fits is printed: {cut}");
}

#[test]
fn a_loop_of_large_draws_is_metered_and_interrupted() {
    let scratch = Scratch::new();
    scratch.write(
        "draws.wat",
        r#"(component
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (core module $memory
    (memory (export "memory") 32)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536)))
  (core instance $memory (instantiate $memory))
  (core func $draw (canon lower (func $random "get-random-bytes")
    (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $main
    (import "host" "draw" (func $draw (param i64 i32)))
    (func (export "draw")
      (loop $again (call $draw (i64.const 1000000) (i32.const 0)) (br $again))))
  (core instance $main (instantiate $main
    (with "host" (instance (export "draw" (func $draw))))))
  (func (export "draw") (canon lift (core func $main "draw"))))"#,
    );
    for (flags, code, says) in [
        (&["--timeout", "300ms"][..], 124, "ran for more than 300ms"),
        (
            &["--timeout", "300ms", "--allow-random"],
            124,
            "ran for more than 300ms",
        ),
        (
            &["--max-fuel", "5000000"],
            125,
            "more than 5000000 units of fuel",
        ),
    ] {
        let outcome = Outcome::of(
            command(scratch.path())
                .args(["exec", "draws.wat", "--function", "draw"])
                .args(flags),
        );
        assert_eq!(outcome.code, Some(code), "{flags:?} {outcome}");
        outcome.says(&[says]);
    }
}

#[test]
fn a_wait_inside_the_host_is_interrupted() {
    let scratch = Scratch::new();
    let mut child = command(scratch.path())
        .args(["exec", "--timeout", "300ms"])
        .arg(probe())
        .args(["--", "stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Kept open: nothing ever comes.
    let _stdin = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(124));
}

#[test]
fn a_trap_shows_where_it_happened() {
    let scratch = Scratch::new();
    probed(&scratch, &[], &["panic"]).failure().says(&[
        "index out of bounds",
        "trapped: ",
        "probe::inner",
        "src/main.rs:",
    ]);
}

#[test]
fn a_project_says_what_its_components_may() {
    let scratch = Scratch::with(&[
        (
            "run.toml",
            r#"
            [project]
            name = "p"
            version = "0.1.0"
            [[component]]
            name = "probe"
            path = "probe.wasm"
            capabilities = ["fs:read:data", "clock"]
            limits = { memory = "20MiB", fuel = 50_000_000, timeout = "5s" }
            "#,
        ),
        ("data/file", "content"),
    ]);
    std::fs::copy(probe(), scratch.path().join("probe.wasm")).unwrap();
    let run = |words: &[&str]| {
        let mut arguments = vec!["exec", "probe", "--"];
        arguments.extend(words);
        scratch.run(&arguments)
    };
    assert_eq!(run(&["read", "data/file"]).success().stdout, "content\n");
    assert_eq!(run(&["write", "data/file"]).code, Some(1));
    assert!(!run(&["clock"]).success().stderr.contains("virtual"));
    assert_eq!(run(&["grow"]).code, Some(125));
    assert_eq!(run(&["spin"]).code, Some(125));
    scratch.write(
        "run.toml",
        "[project]\nname = \"p\"\nversion = \"0.1.0\"\n[[component]]\nname = \"probe\"\npath = \"probe.wasm\"\nlimits = { memroy = \"20MiB\", stack = \"big\" }\n",
    );
    run(&["args"]).failure().says(&[
        "has no key `memroy`",
        "did you mean `memory`?",
        "`big` is not a size",
    ]);
}

#[test]
fn json_is_one_document_whatever_the_guest_does() {
    let scratch = Scratch::new();
    let json = |flags: &[&str], words: &[&str]| {
        let mut all = vec!["--json"];
        all.extend(flags);
        let outcome = probed(&scratch, &all, words);
        let mut lines = outcome.stdout.lines();
        let document: serde_json::Value =
            serde_json::from_str(lines.next().unwrap()).unwrap_or_else(|_| panic!("{outcome}"));
        assert_eq!(lines.next(), None, "{outcome}");
        document
    };
    let printed = json(&[], &["print", "2"]);
    assert_eq!(printed["stdout"], "line 0\nline 1\n");
    assert_eq!(printed["exit_code"], 0);
    assert_eq!(json(&[], &["exit", "9"])["exit_code"], 1);
    let panicked = json(&[], &["panic"]);
    assert_eq!(panicked["error"]["code"], "run::runtime::trap");
    assert!(
        panicked["stderr"]
            .as_str()
            .unwrap()
            .contains("index out of bounds")
    );
    let limited = json(&["--max-fuel", "1000000"], &["spin"]);
    assert_eq!(limited["error"]["code"], "run::runtime::limit");
}

/// A command for WASI preview 1: ends with the code in its place, or without end
/// where it is given an argument.
const PREVIEW1: &str = r#"
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $deeper (param i32) (result i32)
    (i32.add (call $deeper (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (if (i32.gt_u (i32.load (i32.const 0)) (i32.const 1))
      (then (drop (call $deeper (i32.const 0)))))
    (call $exit (i32.const CODE))))
"#;

#[test]
fn a_core_module_for_preview_1_runs_through_the_adapter() {
    // What does not fit into the system's eight bits is cut, as for any program.
    for (given, code) in [("0", 0), ("1", 1), ("7", 7), ("255", 255), ("258", 2)] {
        let text = PREVIEW1.replace("CODE", given);
        let scratch = Scratch::with(&[("old.wat", text.as_str())]);
        let outcome = scratch.run(&["exec", "old.wat"]);
        assert_eq!(outcome.code, Some(code), "{outcome}");
    }
    let scratch = Scratch::with(&[("old.wat", PREVIEW1.replace("CODE", "7").as_str())]);
    for (flags, figure) in [(&[][..], "1 MiB"), (&["--max-stack", "256KiB"], "256 KiB")] {
        let mut arguments = vec!["exec", "old.wat"];
        arguments.extend(flags);
        arguments.extend(["--", "deep"]);
        let outcome = scratch.run(&arguments);
        assert_eq!(outcome.code, Some(125), "{outcome}");
        outcome.says(&[
            &format!("it needed more than {figure} of stack"),
            "`--max-stack`",
        ]);
    }
    let plain = Scratch::with(&[("plain.wat", "(module (func (export \"f\")))")]);
    plain
        .run(&["exec", "plain.wat"])
        .failure()
        .says(&["is a core module, not a component", "nor exports `_start`"]);
}
