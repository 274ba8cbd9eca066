//! A project whose plugin needs whatever tools a test wants.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::command::{self, Outcome, examples};
use crate::project::Scratch;

/// The bytes of the plugin `tests/tools`.
///
/// # Panics
/// It does not build.
fn plugin() -> PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| examples("run-tools-plugin"));
    directory.join("tools.wasm")
}

/// A project with the plugin added, and a directory before all others of `PATH`.
pub struct Toolbox {
    scratch: Scratch,
}

impl Toolbox {
    /// One component, `app`, that needs these tools: `id` or `id@range`.
    ///
    /// # Panics
    /// The plugin cannot be added.
    #[must_use]
    pub fn new(tools: &[&str]) -> Self {
        let project = format!(
            "[project]\nname = \"t\"\nversion = \"0.1.0\"\n\n[[component]]\nname = \"app\"\nsource = \"web/app.tools\"\n[component.settings]\ntools = {tools:?}\n"
        );
        let scratch = Scratch::with(&[("p/run.toml", &project), ("p/web/app.tools", "source")]);
        fs::create_dir(scratch.path().join("bin")).expect("a directory");
        fs::copy(plugin(), scratch.path().join("p/tools.wasm")).expect("the plugin");
        let toolbox = Self { scratch };
        toolbox
            .run(&["plugin", "add", "tools", "--path", "tools.wasm", "--yes"])
            .success();
        toolbox
    }

    /// The directory of `run.toml`.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.scratch.path().join("p").join(path)
    }

    /// A program that says it is `elmc` of a version: on `PATH` as `elmc`, or at
    /// a path of the project.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn elmc(&self, at: &str, version: &str) {
        let path = match at {
            "PATH" => "bin/elmc".to_owned(),
            path => format!("p/{path}"),
        };
        self.script(&path, &format!("echo elmc {version}"));
    }

    /// A program of one line of shell; its path is relative to the directory that
    /// the project and `bin` lie in.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn script(&self, path: &str, line: &str) {
        self.scratch.write(path, &format!("#!/bin/sh\n{line}\n"));
        let path = self.scratch.path().join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
    }

    /// The command, with the project's directory of programs first on `PATH`.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = command::command(&self.path(""));
        let own = self.scratch.path().join("bin");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(own).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(all).expect("a PATH"));
        command
    }

    /// Runs `run v2` in the project.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command().args(arguments))
    }

    /// The lock file.
    ///
    /// # Panics
    /// It cannot be read.
    #[must_use]
    pub fn lock(&self) -> String {
        fs::read_to_string(self.path("run.lock.toml")).expect("a lock file")
    }

    /// The lock file up to its plugins, with what differs from run to run
    /// replaced.
    #[must_use]
    pub fn pins(&self) -> String {
        let lock = self.lock();
        let pins = lock.split("[[plugin]]").next().unwrap_or_default();
        self.plain(pins)
    }

    /// A text with digests and the paths of this test taken out.
    #[must_use]
    pub fn plain(&self, text: &str) -> String {
        let root = self.scratch.path().display().to_string();
        let text = text.replace(&root, "ROOT").replace(
            &format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH),
            "PLATFORM",
        );
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("sha256:") {
            out.push_str(&rest[..at]);
            out.push_str("DIGEST");
            rest = &rest[(at + 7 + 64).min(rest.len())..];
        }
        out + rest
    }
}
