//! The real `run`, built by the same cargo that runs the tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The repository's root.
#[must_use]
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ is in the repository")
}

/// Cargo as a shell would start it.
///
/// What `cargo test` tells a test about its package is taken out: build scripts
/// watch some of it, and everything above them would be compiled again.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_about_a_package) {
            command.env_remove(name);
        }
    }
    command
}

/// Whether cargo sets this variable for the programs it runs: see
/// <https://doc.rust-lang.org/cargo/reference/environment-variables.html>.
fn is_about_a_package(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_EXE_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || [
            "CARGO_CRATE_NAME",
            "CARGO_PRIMARY_PACKAGE",
            "CARGO_TARGET_TMPDIR",
        ]
        .contains(&name)
}

/// The command's file. Built on first use, which costs nothing where it is
/// built already.
///
/// # Panics
/// It does not build.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let output = cargo()
            .current_dir(workspace())
            // What the suite builds, so that nothing is compiled twice.
            .args(["build", "--quiet", "--workspace"])
            .args(["--bin", "run", "--message-format", "json"])
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .find_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
            .expect("cargo says where it put the command")
    })
}

/// Builds the examples of one of the workspace's packages as components, and
/// gives the directory they are in.
///
/// # Panics
/// They do not build.
#[must_use]
pub fn examples(package: &str) -> PathBuf {
    build_examples(package, &["--examples"])
}

/// The same for one of them alone: its file.
///
/// # Panics
/// It does not build.
#[must_use]
pub fn example(package: &str, name: &str) -> PathBuf {
    build_examples(package, &["--example", name]).join(format!("{name}.wasm"))
}

fn build_examples(package: &str, which: &[&str]) -> PathBuf {
    // Packages share a directory, and so what they depend on.
    let target = workspace().join("target/hostile");
    let output = cargo()
        .current_dir(workspace())
        .args(["build", "--quiet", "--locked", "--package", package])
        .args(which)
        .args(["--target", "wasm32-wasip2", "--target-dir"])
        .arg(&target)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    target.join("wasm32-wasip2/debug/examples")
}

/// The command with `v2`, in `directory`, with a cache of the tests' own.
#[must_use]
pub fn command(directory: &Path) -> Command {
    let mut command = Command::new(binary());
    command
        .current_dir(directory)
        .arg("v2")
        .env("RUN_CACHE_DIR", workspace().join("target/test-cache"))
        // Tests of builders are about building.
        .env("RUN_BUILD_CACHE", "off")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env_remove("CI")
        .env_remove("SOURCE_DATE_EPOCH");
    command
}

/// Runs `run v2` with `arguments` in `directory`.
///
/// # Panics
/// It does not start.
pub fn run(directory: &Path, arguments: &[&str]) -> Outcome {
    Outcome::of(command(directory).args(arguments))
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Outcome {
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Outcome {
    /// Runs a command to its end.
    ///
    /// # Panics
    /// It does not start, or prints what is not UTF-8.
    pub fn of(command: &mut Command) -> Self {
        Self::ended(command.output().expect("the command starts"))
    }

    /// What came of a command that has ended.
    ///
    /// # Panics
    /// It printed what is not UTF-8.
    #[must_use]
    pub fn ended(output: Output) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = output;
        Self {
            code: status.code(),
            stdout: String::from_utf8(stdout).expect("UTF-8 on stdout"),
            stderr: String::from_utf8(stderr).expect("UTF-8 on stderr"),
        }
    }

    /// The same, where it must have succeeded.
    ///
    /// # Panics
    /// It failed.
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.code, Some(0), "{self}");
        self
    }

    /// The same, where it must have failed with 1.
    ///
    /// # Panics
    /// It succeeded, or ended otherwise.
    #[track_caller]
    pub fn failure(self) -> Self {
        assert_eq!(self.code, Some(1), "{self}");
        self
    }

    /// Every line of stdout as a JSON document.
    ///
    /// # Panics
    /// Something else is there.
    #[must_use]
    #[track_caller]
    pub fn lines(&self) -> Vec<serde_json::Value> {
        let parse =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {self}"));
        self.stdout.lines().map(parse).collect()
    }

    /// Stdout as the one JSON document it is.
    ///
    /// # Panics
    /// It is something else, or several.
    #[must_use]
    #[track_caller]
    pub fn document(&self) -> serde_json::Value {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "{self}");
        lines.remove(0)
    }

    /// Asserts that stderr has all of these, whatever the lines were wrapped at.
    ///
    /// # Panics
    /// One is missing.
    #[track_caller]
    pub fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.has_said(text), "`{text}` is missing from:\n{self}");
        }
        self
    }

    /// Whether stderr has this, whatever the lines were wrapped at.
    #[must_use]
    pub fn has_said(&self, text: &str) -> bool {
        let squeeze = |text: &str| {
            let words: Vec<_> = text
                .split_whitespace()
                .filter(|word| !word.chars().all(|c| "│╭╰─·".contains(c)))
                .collect();
            words.join(" ")
        };
        squeeze(&self.stderr).contains(&squeeze(text))
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "exit {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.code, self.stdout, self.stderr
        )
    }
}
