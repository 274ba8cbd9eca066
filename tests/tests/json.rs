//! `--json`: stdout is JSON and nothing else, whatever happens.

use run_tests::{Outcome, Scratch};
use serde_json::{Value, json};

const PROJECT: &str = "[project]\nname = \"t\"\nversion = \"0.1.0\"\n";

/// Every line of stdout as a document; nothing else may be there.
#[track_caller]
fn lines(outcome: &Outcome) -> Vec<Value> {
    let parse =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {outcome}"));
    outcome.stdout.lines().map(parse).collect()
}

/// The one document.
#[track_caller]
fn document(outcome: &Outcome) -> Value {
    let mut lines = lines(outcome);
    assert_eq!(lines.len(), 1, "{outcome}");
    lines.remove(0)
}

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
        let document = document(&outcome);
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
    let one = document(&run_tests::run(
        &scratch.path().join("bad"),
        &["test", "--json"],
    ));
    let expected = json!([{ "file": "run.toml", "line": 5, "column": 5, "message": "not known" }]);
    assert_eq!(one["error"]["labels"], expected, "{one}");
    let two = document(&run_tests::run(
        &scratch.path().join("two"),
        &["test", "--json"],
    ));
    let related = two["error"]["related"].as_array().unwrap();
    assert!(related.len() >= 2, "{two}");
    for problem in related {
        assert_eq!(problem["labels"][0]["file"], "run.toml", "{two}");
        assert!(problem["labels"][0]["line"].as_u64().unwrap() > 1, "{two}");
    }
}

#[test]
fn every_command_says_what_it_did() {
    let scratch = Scratch::new();
    let init = document(&scratch.run(&["init", "app", "--json"]).success());
    assert_eq!(init["created"], "app");
    let files = init["files"].as_array().unwrap();
    assert!(files.contains(&json!("run.toml")), "{init}");
    let app = scratch.path().join("app");

    let build = run_tests::run(&app, &["build", "--json"]).success();
    let events = lines(&build);
    let last = events.last().unwrap();
    assert_eq!(last["event"], "finished", "{build}");
    assert_eq!(last["failed"], 0);
    assert_eq!(events[0]["component"], "hello");
    assert_eq!(build.stderr, "");

    let test = run_tests::run(&app, &["test", "--json"]).success();
    let results = lines(&test);
    assert_eq!(results[0]["name"], "greet_42");
    assert_eq!(results[0]["component"], "hello");
    assert_eq!(results[0]["passed"], true);
    assert_eq!(results[1], json!({ "passed": 1, "failed": 0 }));

    let list = document(&run_tests::run(&app, &["plugin", "list", "--json"]).success());
    let plugins = list["plugins"].as_array().unwrap();
    assert!(!plugins.is_empty());
    for plugin in plugins {
        assert_eq!(plugin["origin"], "bundled");
        assert!(plugin["digest"].as_str().unwrap().len() > 60, "{plugin}");
    }

    let info = document(&run_tests::run(&app, &["info", "--json"]).success());
    assert_eq!(info["project"], "app");

    let clean = document(&run_tests::run(&app, &["clean", "--json"]).success());
    assert!(
        clean["removed"]
            .as_array()
            .unwrap()
            .contains(&json!(".run/build")),
        "{clean}"
    );
    let again = document(&run_tests::run(&app, &["clean", "--json"]).success());
    assert_eq!(again, json!({ "removed": [] }));
}

#[test]
fn a_build_is_told_by_its_events() {
    let component = |name: &str, source: &str| {
        format!("[[component]]\nname = \"{name}\"\nsource = \"{source}\"\n")
    };
    let manifest = [
        PROJECT.to_owned(),
        component("good", "good.wat"),
        component("bad", "bad.wat"),
        component("gone", "gone.wat"),
    ];
    let scratch = Scratch::with(&[
        ("good.wat", "(component)"),
        ("bad.wat", "(component\n  (bogus))"),
        ("run.toml", &manifest.concat()),
    ]);
    let outcome = scratch.run(&["build", "--json"]).failure();
    let events = lines(&outcome);
    let of = |name: &str| {
        let mut found = events.iter().filter(|event| event["component"] == name);
        found.next_back().unwrap()
    };
    assert_eq!(of("good")["event"], "built");
    assert_eq!(of("good")["path"], "target/wasm/good.wasm");
    assert_eq!(of("bad")["event"], "failed");
    assert_eq!(of("bad")["error"]["labels"][0]["line"], 2, "{outcome}");
    assert_eq!(of("gone")["error"]["code"], "run::build::missing");
    assert_eq!(of("gone")["error"]["labels"][0]["file"], "run.toml");
    let expected =
        json!({ "event": "finished", "built": 1, "fresh": 0, "prebuilt": 0, "failed": 2 });
    assert_eq!(events.last(), Some(&expected));
    assert_eq!(outcome.stderr, "");
}

#[test]
fn a_compilers_diagnostics_are_data() {
    let scratch = Scratch::with(&[
        (
            "run.toml",
            &format!("{PROJECT}[[component]]\nname = \"app\"\nsource = \"main.rs\"\n"),
        ),
        ("main.rs", "fn main() {\n    let n: u32 = \"text\";\n}\n"),
    ]);
    let outcome = scratch.run(&["build", "--json"]).failure();
    let events = lines(&outcome);
    assert_eq!(events[0]["event"], "started", "{outcome}");
    let failed = events
        .iter()
        .find(|event| event["event"] == "failed")
        .unwrap();
    let diagnostic = failed["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .find(|diagnostic| diagnostic["code"] == "E0308")
        .unwrap_or_else(|| panic!("{outcome}"));
    assert_eq!(diagnostic["severity"], "error");
    assert_eq!(diagnostic["file"], "main.rs");
    assert_eq!(diagnostic["line"], 2);
    assert_eq!(diagnostic["column"], 18);
    assert!(
        diagnostic["message"]
            .as_str()
            .unwrap()
            .contains("mismatched types")
    );
}

#[test]
fn what_a_guest_prints_stays_in_its_field() {
    let scratch = Scratch::with(&[
        ("cat.wat", include_str!("../components/cat.wat")),
        (
            "run.toml",
            &format!(
                "{PROJECT}[[component]]\nname = \"cat\"\npath = \"cat.wasm\"\n\
                 [[test]]\ncomponent = \"cat\"\nstdin = \"{{\\\"passed\\\":true}}\\n\"\n\
                 env = {{ A = \"b\" }}\nexpected_stdout = \"x\"\n"
            ),
        ),
    ]);
    let outcome = scratch.run(&["test", "--json"]).failure();
    let results = lines(&outcome);
    assert_eq!(results.len(), 2, "{outcome}");
    assert_eq!(results[0]["stdout"], "{\"passed\":true}\n");
    assert_eq!(results[0]["stderr"], "b");
    assert_eq!(results[0]["expected"], "x");
    assert_eq!(results[0]["actual"], "{\"passed\":true}\n");
    assert_eq!(outcome.stderr, "");
}

#[test]
fn a_plugin_is_added_only_with_consent() {
    let scratch = Scratch::with(&[("run.toml", PROJECT)]);
    let plugin = &run_plugin_bundle::ALL[0];
    std::fs::write(scratch.path().join("plugin.wasm"), plugin.bytes).unwrap();
    let add = ["plugin", "add", "mine", "--path", "plugin.wasm", "--json"];
    let refused = document(&scratch.run(&add).failure());
    assert!(
        refused["error"]["help"].as_str().unwrap().contains("--yes"),
        "{refused}"
    );
    let mut agreed = add.to_vec();
    agreed.push("--yes");
    let added = document(&scratch.run(&agreed).success());
    assert_eq!(added["added"]["name"], "mine");
    assert!(
        !added["added"]["granted"].as_array().unwrap().is_empty(),
        "{added}"
    );
}
