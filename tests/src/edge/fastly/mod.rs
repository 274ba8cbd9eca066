//! Fastly: its API in small, its engine, and its own command.

mod account;
mod form;
mod known;
mod package;
mod shop;
mod stores;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub use account::Account;
pub use form::form;
pub use known::assert_known;
pub use package::Package;
pub use shop::{SECRET, Shop, TOKEN, assert_same, imports, lines};

use super::engine::{Running, free_port, packages};
use crate::Scratch;
use crate::command::{cargo, workspace};

/// What the platform's own command says about a file.
///
/// # Panics
/// It fails.
#[must_use]
pub fn command(arguments: &[&str], file: &Path) -> String {
    let program = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => packages().join("@fastly/cli-linux-x64/fastly"),
        // There is no package of it: it has to be there.
        _ => "fastly".into(),
    };
    let home = Scratch::new();
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("NO_COLOR", "1")
        .output()
        .expect("it starts");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

/// The platform's engine, with a component and what `fastly.toml` says about the
/// place where it runs.
///
/// # Panics
/// It does not start.
#[must_use]
pub fn viceroy(component: &[u8], local_server: &str) -> Running {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| {
        let output = cargo()
            .current_dir(workspace())
            .args(["run", "--quiet", "--package", "xtask", "--", "viceroy"])
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "Viceroy cannot be had");
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
    });
    let files = Scratch::new();
    std::fs::write(files.path().join("main.wasm"), component).expect("a file");
    let manifest = format!("manifest_version = 3\nname = \"handler\"\n{local_server}");
    std::fs::write(files.path().join("fastly.toml"), manifest).expect("a file");
    let port = free_port();
    let mut command = Command::new(program);
    command
        .args(["serve", "-C", "fastly.toml", "--addr"])
        .arg(format!("127.0.0.1:{port}"))
        .arg("main.wasm");
    Running::start(command, files, port)
}
