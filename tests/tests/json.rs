//! `--json`: stdout is JSON and nothing else, whatever happens.

use run_tests::Scratch;
use serde_json::json;

#[test]
fn errors_have_one_shape_on_stdout_and_keep_their_code() {
    let scratch = Scratch::with(&[
        (
            "bad/run.toml",
            "[project]\nname = \"t\"\nversion = \"0.1.0\"\n[[tset]]\n",
        ),
        (
            "two/run.toml",
            "[project]\nnam = \"t\"\nversion = 1\nname = \"x\"\n",
        ),
    ]);
    for (directory, arguments, exit, code, message) in [
        (
            ".",
            &["test", "--json"][..],
            1,
            "run::cli",
            "there is no `run.toml`",
        ),
        (
            ".",
            &["--json", "build"],
            1,
            "run::cli",
            "there is no `run.toml`",
        ),
        (
            ".",
            &["clean", "--json"],
            1,
            "run::cli",
            "there is no `run.toml`",
        ),
        (
            ".",
            &["plugin", "list", "--json"],
            1,
            "run::cli",
            "there is no `run.toml`",
        ),
        (
            ".",
            &["toolchain", "list", "--json"],
            1,
            "run::cli",
            "there is no `run.toml`",
        ),
        (
            ".",
            &["info", "x.wasm", "--json"],
            1,
            "run::cli",
            "there is no file `x.wasm`",
        ),
        (
            ".",
            &["exec", "x.wasm", "--json"],
            1,
            "run::cli",
            "there is no file `x.wasm`",
        ),
        (
            ".",
            &["init", "bad", "--json"],
            1,
            "run::cli",
            "`bad` exists already",
        ),
        (
            ".",
            &["test", "--json", "--bogus"],
            2,
            "run::cli::usage",
            "unexpected argument '--bogus'",
        ),
        (
            ".",
            &["--json", "biuld"],
            2,
            "run::cli::usage",
            "unrecognized subcommand 'biuld'",
        ),
        (
            ".",
            &["--json"],
            2,
            "run::cli::usage",
            "a command is missing",
        ),
        (
            ".",
            &["exec", "--json"],
            2,
            "run::cli::usage",
            "required arguments were not provided",
        ),
        (
            "bad",
            &["test", "--json"],
            1,
            "run::manifest::unknown_key",
            "`tset`",
        ),
        (
            "two",
            &["build", "--json"],
            1,
            "run::manifest",
            "2 problems",
        ),
    ] {
        let outcome = run_tests::run(&scratch.path().join(directory), arguments);
        assert_eq!(outcome.code, Some(exit), "{outcome}");
        let document = outcome.document();
        let error = document["error"].as_object().unwrap();
        for key in ["code", "message", "help"] {
            assert!(error.contains_key(key), "{key}: {outcome}");
        }
        assert_eq!(error["code"], code, "{outcome}");
        let said = error["message"].as_str().unwrap();
        assert!(said.contains(message), "{message} is not in {said}");
        assert_eq!(outcome.stderr, "", "{arguments:?}");
    }
}

#[test]
fn words_for_the_component_do_not_ask_for_json() {
    let outcome = Scratch::new().run(&["exec", "--bogus", "--", "--json"]);
    assert_eq!(outcome.code, Some(2));
    assert_eq!(outcome.stdout, "");
}

#[test]
fn errors_with_a_place_have_labels() {
    let scratch = Scratch::with(&[
        (
            "bad/run.toml",
            "[project]\nname = \"t\"\nversion = \"0.1.0\"\n\n  [[tset]]\n",
        ),
        (
            "two/run.toml",
            "[project]\nname = \"é\"\nnam = \"t\"\nversion = 1\n",
        ),
    ]);
    let one = run_tests::run(&scratch.path().join("bad"), &["test", "--json"]).document();
    let expected = json!([{ "file": "run.toml", "line": 5, "column": 5, "message": "not known" }]);
    assert_eq!(one["error"]["labels"], expected, "{one}");
    let two = run_tests::run(&scratch.path().join("two"), &["test", "--json"]).document();
    let related = two["error"]["related"].as_array().unwrap();
    assert!(related.len() >= 2, "{two}");
    for problem in related {
        assert_eq!(problem["labels"][0]["file"], "run.toml", "{two}");
        assert!(problem["labels"][0]["line"].as_u64().unwrap() > 1, "{two}");
    }
}
