//! Running one command of a chore, with its line shown.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::package_variables::is_about_a_package;

/// A chore fails with a sentence.
pub(crate) type Result<T = ()> = std::result::Result<T, String>;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The cargo that runs this chore, as a shell would start it.
///
/// What `cargo run` told the chore about its package is taken out: build scripts
/// watch some of it, and everything above them would be compiled again.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_about_a_package) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end and fails where it does.
pub(crate) fn run(command: &mut Command) -> Result {
    println!("$ {}", line(command));
    let status = command
        .status()
        .map_err(|error| format!("{}: {error}", line(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` ended with {status}", line(command)))
    }
}

/// What a command prints on stdout; its stderr is shown.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("{}: {error}", line(command)))?;
    if !output.status.success() {
        return Err(format!("`{}` ended with {}", line(command), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{}` printed no UTF-8", line(command)))
}

/// Runs a command to its end and shows what it said only where it fails.
pub(crate) fn quiet(command: &mut Command) -> Result {
    said(command).map(drop)
}

/// What a command says on both streams, where it succeeds; shown where it fails.
pub(crate) fn said(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", line(command)))?;
    let said =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let said = said.concat();
    if output.status.success() {
        return Ok(said);
    }
    Err(format!(
        "`{}` ended with {}\n{said}",
        line(command),
        output.status
    ))
}

/// Builds a program of this workspace and says where it is.
///
/// The whole workspace is named, and only one program of it made: so its
/// dependencies are those of any other build, and not compiled once more.
pub(crate) fn executable(name: &str) -> Result<PathBuf> {
    let messages = capture(cargo().args([
        "build",
        "--quiet",
        "--locked",
        "--workspace",
        "--bin",
        name,
        "--message-format",
        "json",
    ]))?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
        .ok_or_else(|| format!("cargo did not say where {name} is"))
}

fn line(command: &Command) -> String {
    let name = Path::new(command.get_program());
    let mut out = name
        .file_name()
        .unwrap_or(name.as_os_str())
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        out.push(' ');
        out.push_str(&arg.to_string_lossy());
    }
    out
}
