//! Builds that the sandbox stops say what they were refused.

use run_tests::Scratch;
use run_tests::command::workspace;

#[test]
fn what_the_sandbox_refused_is_named() {
    let scratch = Scratch::new();
    scratch.copy_from(&workspace().join("tests/fixtures/shapes"));
    let secret = Scratch::with(&[("secret.txt", "hunter2")]);
    let secret = secret.path().join("secret.txt").display().to_string();
    let script = |body: &str| {
        scratch.write("scripted/build.rs", &format!("fn main() {{ {body} }}"));
        scratch.run(&["build", "--component", "scripted"]).failure()
    };
    script(&format!(
        "let path = {secret:?}; if let Err(error) = std::fs::read(path) {{ panic!(\"cannot read {{path}}: {{error}}\") }}"
    ))
    .says(&[
        "run::sandbox::refused",
        &format!("the sandbox did not let the build read `{secret}`"),
        "bring the file into the project",
    ]);
    script(&format!(
        "let path = {:?}; if let Err(error) = std::fs::write(path, \"x\") {{ panic!(\"{{path}}: {{error}}\") }}",
        format!("{secret}.new")
    ))
    .says(&[&format!("the sandbox did not let the build write `{secret}.new`")]);
    script("std::net::TcpStream::connect(\"127.0.0.1:9\").unwrap();")
        .says(&["the sandbox did not let the build use the network"]);
    // What fails for its own reasons is not blamed on the sandbox.
    let outcome = script("panic!(\"/nowhere/at/all: Permission denied\")");
    assert!(!outcome.has_said("the sandbox did not let"), "{outcome}");

    // The compiler says it in a message for cargo, beside where it was asked to.
    let include = format!("const _: &str = include_str!({secret:?}); fn main() {{}}");
    scratch.write("scripted/build.rs", &include);
    let outcome = scratch.run(&["build", "--component", "scripted"]).failure();
    let told = outcome.stderr.matches("the sandbox did not let").count();
    assert_eq!(told, 1, "{outcome}");
    outcome.says(&[&format!("did not let the build read `{secret}`")]);
    // Cargo says each cause of an error in a paragraph of its own.
    let elsewhere = Scratch::with(&[("Cargo.toml", "")]);
    let elsewhere = elsewhere.path().display();
    let manifest = String::from_utf8(scratch.read("scripted/Cargo.toml")).unwrap();
    scratch.write(
        "scripted/Cargo.toml",
        &format!("{manifest}[dependencies]\nelsewhere = {{ path = \"{elsewhere}\" }}\n"),
    );
    let outcome = scratch.run(&["build", "--component", "scripted"]).failure();
    outcome.says(&[&format!(
        "did not let the build read `{elsewhere}/Cargo.toml`"
    )]);
}
