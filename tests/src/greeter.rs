//! The typed sample that tests of builders are about, and projects around it.

use crate::command;
use crate::{Outcome, Scratch, Tools};

/// Its WIT.
pub const WIT: &str = r#"
package demo:greet;

interface greeter {
  record stats { length: u32, upper: string }
  greet: func(name: string) -> string;
  measure: func(text: string) -> stats;
  parse: func(text: string) -> result<u32, string>;
}

world typed { export greeter; }
"#;

/// A `run.toml` of components in a language; each is TOML without its header.
#[must_use]
pub fn run_toml(language: &str, components: &[&str]) -> String {
    let mut text = "[project]\nname = \"demo\"\nversion = \"0.1.0\"\n".to_owned();
    for component in components {
        text.push_str(&format!(
            "\n[[component]]\nlanguage = \"{language}\"\n{component}"
        ));
    }
    text
}

/// What a function of the component `greeter` returns.
#[must_use]
#[track_caller]
pub fn call(scratch: &Scratch, function: &str, argument: &str) -> serde_json::Value {
    let call = ["exec", "greeter", "--function", function, "--args"];
    scratch
        .run(&[&call[..], &[argument]].concat())
        .success()
        .document()["return_value"]
        .clone()
}

/// Asserts that the component `greeter` does what it should, in a language that
/// is called so and makes this of `größe` in upper case.
///
/// # Panics
/// It does not.
#[track_caller]
pub fn implements(scratch: &Scratch, title: &str, upper: &str) {
    let greeting = format!("Hello, you, from {title}!");
    assert_eq!(call(scratch, "greet", "string:you"), greeting);
    let stats = call(scratch, "measure", "string:größe");
    assert_eq!(stats["length"], 5);
    assert_eq!(stats["upper"], upper);
    assert_eq!(call(scratch, "parse", "string:42")["ok"], 42);
    assert_eq!(call(scratch, "parse", "string:x")["err"], "not a number: x");
}

/// Makes a starter, builds it and runs its tests, of which there is one.
///
/// # Panics
/// It does not pass.
#[track_caller]
pub fn starter_passes(language: &str, template: &str, tools: &Tools) {
    let scratch = Scratch::new();
    let made = ["init", "demo", "--language", language];
    scratch
        .run(&[&made[..], &["--template", template]].concat())
        .success();
    let mut command = command::command(&scratch.path().join("demo"));
    tools.apply(&mut command);
    let outcome = Outcome::of(command.args(["test", "--build"])).success();
    assert!(
        outcome.stdout.contains("1 passed, 0 failed"),
        "{template}: {outcome}"
    );
}
