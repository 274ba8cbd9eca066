//! `build` of real source with the real compiler, through the sandboxed plugin.

use std::path::Path;
use std::process::Command;

use run_tests::command::workspace;
use run_tests::{Outcome, Scratch, Tools, User};

fn shapes() -> Scratch {
    let scratch = Scratch::new();
    scratch.copy_from(&workspace().join("tests/fixtures/shapes"));
    scratch
}

fn runs(scratch: &Scratch, component: &str, expected: &str) {
    let outcome = scratch.run(&["exec", component]).success();
    assert_eq!(outcome.stdout.trim_end(), expected, "{component}");
}

#[test]
fn the_example_builds_executes_and_passes_its_tests() {
    let scratch = Scratch::new();
    scratch.copy_from(&workspace().join("examples/greeter"));
    scratch.run(&["build", "--locked"]).success();
    let call = [
        "exec",
        "greeter",
        "--function",
        "greet",
        "--args",
        "string:World",
    ];
    let expected = "{\"exit_code\":0,\"return_value\":\"Hello, World!\"}\n";
    assert_eq!(scratch.run(&call).success().stdout, expected);
    assert_eq!(
        scratch
            .run(&["exec", "hello", "--", "World"])
            .success()
            .stdout,
        "Hello, World!\n"
    );
    let tests = scratch.run(&["test"]).success().stdout;
    assert!(
        tests.ends_with("\nResults: 4 passed, 0 failed\n"),
        "{tests}"
    );

    // A component that no longer does what its WIT says is not published.
    let before = scratch.read("target/wasm/greeter.wasm");
    scratch.write(
        "declared.wit",
        "package example:greeter@0.1.0; interface greetings { greet: func(name: u32) -> string; leave: func(); }
         world greeter { export greetings; }",
    );
    let manifest = String::from_utf8(scratch.read("run.toml")).unwrap();
    scratch.write(
        "run.toml",
        &manifest.replace("wit/greeter.wit", "declared.wit"),
    );
    scratch
        .run(&["build", "--component", "greeter"])
        .failure()
        .says(&[
            "does not implement the world `example:greeter/greeter@0.1.0`",
            "missing: example:greeter/greetings@0.1.0#leave",
            "is func(string) -> string, declared func(u32) -> string",
        ]);
    assert_eq!(scratch.read("target/wasm/greeter.wasm"), before);
}

#[test]
fn projects_of_many_shapes_build_to_what_plain_cargo_builds() {
    let scratch = shapes();
    scratch.run(&["build", "--release"]).success();
    for (component, expected) in [
        ("plain", "42"),
        ("member", "member"),
        ("scripted", "made"),
        ("macro-user", "42"),
    ] {
        runs(&scratch, component, expected);
    }
    let plain = Command::new("cargo")
        .current_dir(scratch.path())
        .args([
            "build",
            "--release",
            "--target",
            "wasm32-wasip2",
            "--target-dir",
            "plain-target",
        ])
        .output()
        .unwrap();
    assert!(
        plain.status.success(),
        "{}",
        String::from_utf8_lossy(&plain.stderr)
    );
    for component in ["plain", "member", "scripted", "macro-user"] {
        let theirs = scratch.read(&format!(
            "plain-target/wasm32-wasip2/release/{component}.wasm"
        ));
        let ours = scratch.read(&format!("target/wasm/{component}.wasm"));
        assert_eq!(code(&ours), code(&theirs), "{component}");
    }
}

/// All sections but custom ones, at every depth: what runs.
fn code(wasm: &[u8]) -> Vec<&[u8]> {
    use wasmparser::{Parser, Payload};
    Parser::new(0)
        .parse_all(wasm)
        .filter_map(|payload| {
            let payload = payload.unwrap();
            match payload {
                Payload::CustomSection(_) => None,
                // These hold the sections that follow, custom ones too.
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => None,
                other => other.as_section().map(|(_, range)| &wasm[range]),
            }
        })
        .collect()
}

#[test]
fn nothing_to_do_is_fresh_and_any_change_is_built() {
    let scratch = shapes();
    let member = |expected: &str| {
        let outcome = scratch.run(&["build", "--component", "member"]).success();
        assert!(outcome.stderr.contains(expected), "{expected}: {outcome}");
    };
    member("Built member");
    member("Fresh member");
    scratch.write("member/src/name.txt", "other");
    member("Built member");
    runs(&scratch, "member", "other");
    member("Fresh member");
    scratch.write("target/wasm/member.wasm", "damaged");
    member("Built member");
    runs(&scratch, "member", "other");
    scratch
        .run(&["build", "--component", "member", "--release"])
        .success();
    member("Built member");
    scratch.write(".cargo/config.toml", "[build]\nrustflags = []\n");
    member("Built member");
}

#[test]
fn a_compile_error_shows_the_source_line_and_exits_with_1() {
    let scratch = shapes();
    scratch.write(
        "plain/src/main.rs",
        "fn main() {\n    let größe: u32 = \"text\";\n    println!(\"{größe}\");\n}\n",
    );
    let outcome = scratch.run(&["build", "--component", "plain"]).failure();
    outcome.says(&[
        "E0308",
        "mismatched types",
        "plain/src/main.rs:2:24",
        "let größe: u32 = \"text\";",
        "expected `u32`, found `&str`",
    ]);
    assert!(!scratch.has("target/wasm/plain.wasm"));
}

#[test]
fn mistakes_in_run_toml_are_shown_at_their_place() {
    let scratch = shapes();
    let manifest = String::from_utf8(scratch.read("run.toml")).unwrap();
    for (from, to, expected) in [
        (
            "language = \"rust\"",
            "language = \"rusty\"",
            &[
                "no plugin builds the language `rusty`",
                "did you mean `rust`?",
            ][..],
        ),
        (
            "plain/Cargo.toml",
            "plain/Cargo.tom",
            &["the source of `plain` is not there", "run.toml:8:10"],
        ),
        (
            "language = \"rust\"",
            "langauge = \"rust\"",
            &["has no key `langauge`", "did you mean `language`?"],
        ),
        ("name = \"member\"", "name = \"../member\"", &["name"]),
        (
            "language = \"rust\"",
            "language = \"rust\"\nsettings = { featurs = [\"x\"] }",
            &[
                "the plugin `run:rust` has no setting `featurs`",
                "did you mean `features`?",
            ],
        ),
        (
            "language = \"rust\"",
            "language = \"rust\"\nsettings = { features = \"x\" }",
            &["`features` must be an array of strings, not a string"],
        ),
    ] {
        scratch.write("run.toml", &manifest.replacen(from, to, 1));
        scratch.run(&["build"]).failure().says(expected);
    }
    scratch.write("run.toml", &manifest);
    scratch
        .run(&["build", "--component", "plian"])
        .failure()
        .says(&["there is no component `plian`", "did you mean `plain`?"]);
}

#[test]
fn reproducible_builds_give_the_same_bytes_to_two_users_in_two_directories() {
    let digest = |scratch: &Scratch, run: &dyn Fn(&[&str]) -> Outcome| {
        run(&[
            "build",
            "--reproducible",
            "--release",
            "--component",
            "plain",
            "--component",
            "scripted",
        ])
        .success();
        ["plain", "scripted"].map(|name| {
            run_files::Digest::of(&scratch.read(&format!("target/wasm/{name}.wasm"))).to_string()
        })
    };
    let (one, two) = (shapes(), shapes());
    assert_ne!(one.path(), two.path());
    let another = User::new();
    let ours = |arguments: &[&str]| one.run(arguments);
    let theirs = |arguments: &[&str]| another.run(&two, &Tools::default(), arguments);
    assert_eq!(digest(&one, &ours), digest(&two, &theirs));
    let debug = |scratch: &Scratch, run: &dyn Fn(&[&str]) -> Outcome| {
        run(&["build", "--reproducible", "--component", "scripted"]).success();
        run_files::Digest::of(&scratch.read("target/wasm/scripted.wasm")).to_string()
    };
    assert_eq!(
        debug(&one, &ours),
        debug(&two, &theirs),
        "with debug information"
    );
}

#[test]
fn a_reproducible_build_needs_its_dependencies_locked() {
    let scratch = shapes();
    std::fs::remove_file(scratch.path().join("Cargo.lock")).unwrap();
    scratch
        .run(&["build", "--locked", "--component", "member"])
        .failure()
        .says(&["lock file"]);
    assert!(!scratch.has("Cargo.lock"), "nothing was written");
    scratch.run(&["build", "--component", "member"]).success();
    assert!(scratch.has("Cargo.lock"), "as cargo itself would");
}

#[test]
fn a_lone_source_file_with_a_wit_is_a_component() {
    let scratch = Scratch::with(&[
        (
            "run.toml",
            r#"
            [project]
            name = "lone"
            version = "0.1.0"
            [[component]]
            name = "api"
            source = "src/api/lib.rs"
            language = "rust"
            wit = "wit/api.wit"
            [[test]]
            component = "api"
            function = "double"
            args = ["s32:21"]
            expected = "s32:42"
            "#,
        ),
        (
            "wit/api.wit",
            "package demo:api; world api { export double: func(n: s32) -> s32; }",
        ),
        ("wit/worker.wit", "package demo:worker; world worker {}"),
        (
            "src/api/lib.rs",
            "wit_bindgen::generate!();\nstruct Api;\nimpl Guest for Api {\n    fn double(n: i32) -> i32 { helper::twice(n) }\n}\nexport!(Api);\nmod helper;\n",
        ),
        (
            "src/api/helper.rs",
            "pub fn twice(n: i32) -> i32 { n * 2 }\n",
        ),
    ]);
    scratch.run(&["test", "--build"]).success();
    assert!(!scratch.has("src/api/Cargo.toml") && !scratch.has("Cargo.lock"));
    scratch.write(
        "src/api/helper.rs",
        "pub fn twice(n: i32) -> i32 { n * \"2\" }\n",
    );
    scratch
        .run(&["build"])
        .failure()
        .says(&["src/api/helper.rs:1:", "n * \"2\""]);
}

#[test]
fn without_the_network_what_was_fetched_still_builds() {
    let scratch = shapes();
    scratch.run(&["build", "--component", "plain"]).success();
    std::fs::remove_dir_all(scratch.path().join(".run")).unwrap();
    scratch
        .run(&["build", "--offline", "--component", "plain"])
        .success();
}

#[test]
fn a_build_can_be_killed_at_any_point_and_leaves_nothing_torn() {
    let scratch = shapes();
    let manifest = String::from_utf8(scratch.read("run.toml")).unwrap();
    let start = manifest.find("# A member").unwrap();
    scratch.write("run.toml", &manifest[..start]);
    let build = std::time::Instant::now();
    scratch.run(&["build"]).success();
    let whole = build.elapsed();
    for round in 0..12_u32 {
        scratch.write(
            "plain/src/main.rs",
            &format!("fn main() {{ println!(\"{{}}\", itoa::Buffer::new().format({round})); }}"),
        );
        let mut child = run_tests::command::command(scratch.path())
            .arg("build")
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * round / 12);
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever is there is a whole component of this round or one before.
        let outcome = scratch.run(&["exec", "target/wasm/plain.wasm"]).success();
        let printed: u32 = outcome.stdout.trim().parse().unwrap();
        assert!(printed == 42 || printed <= round, "{outcome}");
    }
    scratch.run(&["build"]).success();
    runs(&scratch, "plain", "11");
    let left = leftovers(scratch.path());
    assert!(left.is_empty(), "{left:?}");
}

/// Temporary files and directories that a later build should have taken away.
fn leftovers(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for place in ["target/wasm", ".run/build/plain", "."] {
        for entry in std::fs::read_dir(dir.join(place)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            if name.starts_with(".tmp") || name.starts_with("out-") {
                found.push(format!("{place}/{name}"));
            }
        }
    }
    found
}
