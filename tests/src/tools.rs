//! Tools that components are built with, from the project's own set-up.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock};

use crate::command::workspace;

/// The variables that make a language's tools be found.
#[derive(Debug, Clone, Default)]
pub struct Tools {
    variables: Vec<(String, String)>,
    /// Whether nothing else is to be found.
    alone: bool,
}

/// The tools of a language, got where they are not there yet. Rust needs none
/// beyond what the tests themselves need; what is built by the engine in its
/// plugin has to be built where no program of any kind is.
///
/// # Panics
/// They cannot be had.
#[must_use]
pub fn of(language: &str) -> Tools {
    static KNOWN: OnceLock<Mutex<BTreeMap<String, Tools>>> = OnceLock::new();
    if ["rust", "javascript", "typescript"].contains(&language) {
        return Tools {
            variables: Vec::new(),
            alone: language != "rust",
        };
    }
    let known = KNOWN.get_or_init(Mutex::default);
    let mut known = known.lock().unwrap_or_else(|error| error.into_inner());
    known
        .entry(language.to_owned())
        .or_insert_with(|| get(language))
        .clone()
}

fn get(language: &str) -> Tools {
    let output = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args([
            "run",
            "--quiet",
            "--package",
            "xtask",
            "--",
            "tools",
            language,
        ])
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "no tools for {language}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let variables = text.lines().map(|line| {
        let (name, value) = line.split_once('\t').expect("a name and a value");
        (name.to_owned(), value.to_owned())
    });
    Tools {
        variables: variables.collect(),
        alone: false,
    }
}

impl Tools {
    /// The value of a variable.
    ///
    /// # Panics
    /// It is none of them.
    #[must_use]
    pub fn variable(&self, name: &str) -> &str {
        let found = self.variables.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("no {name} in {self:?}")).1
    }

    /// Lets a command find them, before what it would find otherwise.
    pub fn apply(&self, command: &mut Command) {
        if self.alone {
            command.env("PATH", "/nonexistent");
        }
        for (name, value) in &self.variables {
            let mut all = OsString::from(value);
            if name == "PATH"
                && let Some(path) = path(command)
            {
                all.push(":");
                all.push(path);
            }
            command.env(name, all);
        }
    }
}

/// What a command is to have as `PATH` so far.
fn path(command: &Command) -> Option<OsString> {
    let set = command.get_envs().find(|(name, _)| *name == "PATH");
    match set {
        Some((_, path)) => path.map(ToOwned::to_owned),
        None => std::env::var_os("PATH"),
    }
}
