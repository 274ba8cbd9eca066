//! A project of six languages: the typed component of each in
//! `tests/toolchains`, with the tools that the tests have.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Ours;
use crate::cache::{self, at};
use crate::provide;
use crate::step::{self, Result};

/// One of the six components.
pub(super) struct Language {
    /// Its name, which is that of its directory as well.
    pub(super) name: &'static str,
    /// What `run.toml` calls its source.
    source: &'static str,
    /// The file that is edited, and the text in it that is changed.
    file: &'static str,
    said: &'static str,
}

const fn language(
    name: &'static str,
    source: &'static str,
    file: &'static str,
    said: &'static str,
) -> Language {
    Language {
        name,
        source,
        file,
        said,
    }
}

pub(super) const LANGUAGES: [Language; 6] = [
    language("rust", "rust/greeter", "rust/greeter/src/lib.rs", "Rust"),
    language(
        "go",
        "go/greeter",
        "go/greeter/export_demo_greet_greeter/greeter.go",
        "Go",
    ),
    language(
        "python",
        "python/greeter/app.py",
        "python/greeter/app.py",
        "Python",
    ),
    language(
        "javascript",
        "javascript/greeter/app.js",
        "javascript/greeter/app.js",
        "JavaScript",
    ),
    language(
        "typescript",
        "typescript/greeter/app.ts",
        "typescript/greeter/app.ts",
        "TypeScript",
    ),
    language("zig", "zig/greeter", "zig/greeter/main.zig", "Zig"),
];

/// The project, in a directory of this run's own.
pub(super) struct Six<'o> {
    ours: &'o Ours,
    /// Where it is.
    pub(super) dir: PathBuf,
    variables: Vec<(&'static str, OsString)>,
}

impl<'o> Six<'o> {
    /// Makes it, unless an earlier bench of this run did.
    pub(super) fn new(ours: &'o Ours) -> Result<Self> {
        let six = Self {
            ours,
            dir: ours.work.join("six"),
            variables: variables(&ours.work)?,
        };
        if !six.dir.is_dir() {
            six.write()?;
        }
        Ok(six)
    }

    fn write(&self) -> Result {
        let sources = step::root().join("tests/toolchains");
        let mut manifest = "[project]\nname = \"six\"\nversion = \"0.1.0\"\n".to_owned();
        for Language { name, source, .. } in &LANGUAGES {
            cache::copy(&sources.join(name), &self.dir.join(name))?;
            write!(
                manifest,
                "\n[[component]]\nname = \"{name}\"\nsource = \"{source}\"\nwit = \"wit\"\n"
            )
            .map_err(|error| error.to_string())?;
        }
        cache::copy(&sources.join("wit"), &self.dir.join("wit"))?;
        put(&self.dir.join("run.toml"), &manifest)?;
        put(&self.dir.join(".gitignore"), ".run/\ntarget/\n")
    }

    /// `run v2` in the project.
    pub(super) fn v2(&self, args: &[&str]) -> Command {
        let mut command = self.ours.v2(&self.dir, args);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A tool as `run v2` finds it, in a directory.
    pub(super) fn tool(&self, program: &str, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(dir)
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Where a tool keeps what all projects share, in this run.
    pub(super) fn shared(&self, variable: &str) -> PathBuf {
        let value = self.variables.iter().find(|(name, _)| *name == variable);
        value.map_or_else(PathBuf::new, |(_, value)| value.into())
    }

    /// Makes a component's source one that was never built, below `root`: it
    /// says another number. With 0 it is as it is in the repository.
    pub(super) fn edit(&self, root: &Path, name: &str, number: usize) -> Result {
        let language = LANGUAGES
            .iter()
            .find(|language| language.name == name)
            .ok_or_else(|| format!("there is no {name}"))?;
        let Language { file, said, .. } = language;
        let original = step::root().join("tests/toolchains").join(file);
        let text = fs::read_to_string(&original).map_err(|error| at(&original, error))?;
        let (before, after) = (
            format!(", from {said}!"),
            format!(", from {said} {number}!"),
        );
        if !text.contains(&before) {
            return Err(at(&original, format!("it does not say `{before}`")));
        }
        let text = match number {
            0 => text,
            _ => text.replace(&before, &after),
        };
        put(&root.join(file), &text)
    }
}

/// The tools of the tests in front of the machine's own, with caches of this
/// run's own.
fn variables(work: &Path) -> Result<Vec<(&'static str, OsString)>> {
    let mut path = Vec::new();
    let mut variables = vec![
        ("GOCACHE", work.join("go-build").into_os_string()),
        ("ZIG_GLOBAL_CACHE_DIR", work.join("zig").into_os_string()),
    ];
    for language in ["go", "python", "zig"] {
        for (name, value) in provide::variables(language)? {
            match name {
                "PATH" => path.push(value),
                other => variables.push((other, value.into_os_string())),
            }
        }
    }
    let machine = std::env::var_os("PATH").unwrap_or_default();
    path.extend(std::env::split_paths(&machine));
    let path = std::env::join_paths(path).map_err(|error| error.to_string())?;
    variables.push(("PATH", path));
    Ok(variables)
}

fn put(path: &Path, text: &str) -> Result {
    fs::write(path, text).map_err(|error| at(path, error))
}
