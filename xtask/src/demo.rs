//! The main job, on a fresh machine: a source project built by a sandboxed
//! plugin, executed and tested.

use std::path::PathBuf;
use std::process::Command;

use crate::step::{self, Result};
use crate::tools;

pub(crate) fn run() -> Result {
    tools::wasm_target()?;
    let run = binary()?;
    let example = step::root().join("examples/greeter");
    let v2 = |args: &[&str]| {
        let mut command = Command::new(&run);
        command.current_dir(&example).arg("v2").args(args);
        command
    };
    step::run(&mut v2(&["build"]))?;
    step::run(&mut v2(&[
        "exec",
        "greeter",
        "--function",
        "greet",
        "--args",
        "string:World",
    ]))?;
    step::run(&mut v2(&["exec", "hello", "--", "World"]))?;
    step::run(&mut v2(&["test"]))?;
    println!("\nThe command is {}", run.display());
    Ok(())
}

/// Builds the host with its plugins and says where the command is.
pub(crate) fn binary() -> Result<PathBuf> {
    step::run(step::cargo().args(["build", "--package", "run-cli"]))?;
    let messages = step::capture(step::cargo().args([
        "build",
        "--quiet",
        "--package",
        "run-cli",
        "--message-format",
        "json",
    ]))?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
        .ok_or_else(|| "cargo did not say where the command is".to_owned())
}
