//! A project that is deployed to an edge platform.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::command::{self, workspace};
use crate::{Outcome, Scratch};

use super::Platform;

/// The component of `tests/edge/handler`.
///
/// # Panics
/// It does not build.
pub fn handler() -> &'static PathBuf {
    static HANDLER: OnceLock<PathBuf> = OnceLock::new();
    HANDLER.get_or_init(|| crate::guest::built("run-edge-handler"))
}

/// A handler, with one profile for one platform.
pub struct Project {
    scratch: Scratch,
    environment: Vec<(String, String)>,
}

impl Project {
    /// The component is called `handler`, whatever its file is called. `options`
    /// are the lines of `[deploy.live.options]`; `environment` is what
    /// the user has set.
    ///
    /// # Panics
    /// It cannot be written.
    #[must_use]
    pub fn new(
        component: &Path,
        provider: &str,
        options: &str,
        environment: &[(&str, &str)],
    ) -> Self {
        let manifest = format!(
            "[project]\nname = \"shop\"\nversion = \"1.0.0\"\n\n[[component]]\n\
             name = \"handler\"\npath = \"handler.wasm\"\n\n[deploy.live]\n\
             target_type = \"edge\"\nprovider = \"{provider}\"\n[deploy.live.options]\n{options}\n"
        );
        let scratch = Scratch::with(&[("run.toml", &manifest)]);
        std::fs::copy(component, scratch.path().join("handler.wasm")).expect("a copy");
        let mut project = Self {
            scratch,
            environment: Vec::new(),
        };
        for (name, value) in environment {
            project.set(name, value);
        }
        project
    }

    /// Sets a variable of the user's.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Makes another artifact of it, that does the same.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn change(&mut self) {
        let path = self.scratch.path().join("handler.wasm");
        let mut bytes = std::fs::read(&path).expect("the component");
        // A custom section without a name and content.
        bytes.extend([0, 1, 0]);
        std::fs::write(&path, bytes).expect("a component");
    }

    /// Adds a line to the profile's options.
    pub fn option(&mut self, line: &str) {
        let text = String::from_utf8(self.scratch.read("run.toml")).expect("UTF-8");
        self.scratch.write("run.toml", &format!("{text}{line}\n"));
    }

    /// Writes a line of the profile's options anew.
    ///
    /// # Panics
    /// It is not there.
    pub fn replace(&mut self, line: &str, by: &str) {
        let text = String::from_utf8(self.scratch.read("run.toml")).expect("UTF-8");
        assert!(text.contains(line), "`{line}` is not in {text}");
        self.scratch.write("run.toml", &text.replacen(line, by, 1));
    }

    /// Where it is.
    #[must_use]
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// `run v2 deploy` with these arguments.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command::command(self.scratch.path());
        command
            .arg("deploy")
            .args(arguments)
            .env("HOME", self.scratch.path());
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// Runs it to its end.
    #[must_use]
    pub fn deploy(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(&mut self.command(arguments))
    }
}

/// Verbs and paths of what may have changed something.
#[must_use]
pub fn changes(platform: &Platform) -> Vec<String> {
    let all = platform.take();
    all.iter()
        .filter(|request| request.method != "GET")
        .map(super::Request::line)
        .collect()
}

/// What a type of a platform's own SDK says: see `tests/edge/record`.
///
/// # Panics
/// There is none.
#[must_use]
pub fn schema(name: &str) -> serde_json::Value {
    let path = workspace().join(format!("tests/edge/recorded/{name}.schema.json"));
    let text = std::fs::read_to_string(path).expect("a schema");
    serde_json::from_str(&text).expect("a schema of JSON")
}
