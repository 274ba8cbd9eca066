//! What each command says with `--json`.

use run_tests::Scratch;
use serde_json::json;

const PROJECT: &str = "[project]\nname = \"t\"\nversion = \"0.1.0\"\n";

#[test]
fn every_command_says_what_it_did() {
    let scratch = Scratch::new();
    let init = scratch.run(&["init", "app", "--json"]).success().document();
    assert_eq!(init["created"], "app");
    let files = init["files"].as_array().unwrap();
    assert!(files.contains(&json!("run.toml")), "{init}");
    let app = scratch.path().join("app");

    let build = run_tests::run(&app, &["build", "--json"]).success();
    let events = build.lines();
    let last = events.last().unwrap();
    assert_eq!(last["event"], "finished", "{build}");
    assert_eq!(last["failed"], 0);
    assert_eq!(events[0]["component"], "hello");
    assert_eq!(build.stderr, "");

    let test = run_tests::run(&app, &["test", "--json"]).success();
    let results = test.lines();
    assert_eq!(results[0]["name"], "greet_42");
    assert_eq!(results[0]["component"], "hello");
    assert_eq!(results[0]["passed"], true);
    assert_eq!(results[1], json!({ "passed": 1, "failed": 0 }));

    let list = run_tests::run(&app, &["plugin", "list", "--json"])
        .success()
        .document();
    let plugins = list["plugins"].as_array().unwrap();
    assert!(!plugins.is_empty());
    for plugin in plugins {
        assert_eq!(plugin["origin"], "bundled");
        assert!(plugin["digest"].as_str().unwrap().len() > 60, "{plugin}");
    }

    let info = run_tests::run(&app, &["info", "--json"])
        .success()
        .document();
    assert_eq!(info["project"], "app");

    let clean = run_tests::run(&app, &["clean", "--json"])
        .success()
        .document();
    assert!(
        clean["removed"]
            .as_array()
            .unwrap()
            .contains(&json!(".run/build")),
        "{clean}"
    );
    let again = run_tests::run(&app, &["clean", "--json"])
        .success()
        .document();
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
    let events = outcome.lines();
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
    let expected = json!({ "event": "finished", "built": 1, "cached": 0, "fresh": 0, "prebuilt": 0, "failed": 2 });
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
    let events = outcome.lines();
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
    let results = outcome.lines();
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
    std::fs::write(scratch.path().join("plugin.wasm"), plugin.bytes()).unwrap();
    let add = ["plugin", "add", "mine", "--path", "plugin.wasm", "--json"];
    let refused = scratch.run(&add).failure().document();
    assert!(
        refused["error"]["help"].as_str().unwrap().contains("--yes"),
        "{refused}"
    );
    let mut agreed = add.to_vec();
    agreed.push("--yes");
    let added = scratch.run(&agreed).success().document();
    assert_eq!(added["added"]["name"], "mine");
    assert!(
        !added["added"]["granted"].as_array().unwrap().is_empty(),
        "{added}"
    );
}
