//! One case, as its directory says it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::command::workspace;

/// A case with everything in its directory.
#[derive(Debug, Clone)]
pub struct Case {
    /// The directory's name.
    pub name: String,
    /// The directory.
    pub directory: PathBuf,
    /// What is expected.
    pub expected: Expected,
}

/// `case.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What the case is about, for the page.
    pub summary: String,
    /// The interface that is implemented, with its package where that is not the
    /// case's; the case's name where it is absent.
    pub interface: Option<String>,
    /// The world of a component that the case calls; its source is in
    /// `provider`.
    pub provider: Option<String>,
    /// Whether the world needs the WIT of WASI.
    #[serde(default)]
    pub wasi: bool,
    /// What `wit` says in `run.toml`, where that is not the case's own.
    pub wit: Option<String>,
    /// The starter that it is, instead of sources: what `--template` says.
    pub template: Option<String>,
    /// The case whose component it takes, instead of sources.
    pub of: Option<String>,
    /// The provider that it is deployed with, and asked where it then runs.
    pub platform: Option<Platform>,
    /// What `world` says in `run.toml`; `case` where it is absent.
    pub world: Option<String>,
    /// What is said by a build that fails; with the language's own `says.txt`.
    pub fails: Option<Vec<String>>,
    /// Functions that are called.
    #[serde(default, rename = "call")]
    pub calls: Vec<Call>,
    /// Runs of a command.
    #[serde(default, rename = "run")]
    pub runs: Vec<Run>,
    /// Requests to a handler.
    #[serde(default, rename = "request")]
    pub requests: Vec<Request>,
    /// Why a language does not do this. With a source it is tried all the same,
    /// and has to fail.
    #[serde(default)]
    pub gaps: BTreeMap<String, String>,
    /// Why a language is not tried with it: what that would cost, and what is
    /// known instead.
    #[serde(default)]
    pub untried: BTreeMap<String, String>,
}

/// A provider that ships, as `run.toml` names it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// AWS Lambda.
    AwsLambda,
    /// Cloudflare Workers.
    Cloudflare,
    /// Fastly Compute.
    Fastly,
    /// Vercel.
    Vercel,
}

/// `[[call]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The function's name.
    pub function: String,
    /// As `exec --args` takes them.
    pub args: Vec<String>,
    /// The value it returns.
    pub expected: Option<String>,
    /// Whether it ends the component.
    #[serde(default)]
    pub traps: bool,
    /// What is then on stderr.
    pub prints: Option<String>,
}

/// `[[run]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Words after the program's name.
    pub args: Vec<String>,
    /// What it can read.
    pub stdin: Option<String>,
    /// All that it prints.
    pub stdout: String,
    /// The code it exits with.
    #[serde(default)]
    pub exit: u8,
}

/// `[[request]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// In upper case.
    pub method: String,
    /// With the query.
    pub path: String,
    /// The body that is sent.
    #[serde(default)]
    pub send: String,
    /// The answer's status.
    pub status: u16,
    /// Headers the answer has, among others.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The answer's whole body.
    pub body: String,
}

/// How a case is told from others of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Functions of an interface.
    Typed,
    /// A program.
    Command,
    /// A handler.
    Http,
    /// A build that fails.
    Failing,
}

impl Case {
    /// All of them, by name.
    ///
    /// # Panics
    /// One says something that cannot be read.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut directories: Vec<_> = fs::read_dir(workspace().join("tests/conformance"))
            .expect("it is there")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_dir())
            .collect();
        directories.sort();
        directories.iter().map(|path| Self::read(path)).collect()
    }

    fn read(directory: &Path) -> Self {
        let read = |file: &str| fs::read_to_string(directory.join(file)).ok();
        let fail = |error: toml::de::Error| -> ! { panic!("{}: {error}", directory.display()) };
        let expected = read("case.toml").unwrap_or_default();
        let name = directory.file_name().expect("it has a name");
        Self {
            name: name.to_string_lossy().into_owned(),
            directory: directory.to_owned(),
            expected: toml::from_str(&expected).unwrap_or_else(|error| fail(error)),
        }
    }

    /// What sort of case it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.expected {
            Expected { fails: Some(_), .. } => Kind::Failing,
            Expected { runs, .. } if !runs.is_empty() => Kind::Command,
            Expected { requests, .. } if !requests.is_empty() => Kind::Http,
            _ => Kind::Typed,
        }
    }

    /// Whether its sources can be a part of a component with others.
    #[must_use]
    pub fn is_module(&self) -> bool {
        let own = self.expected.template.is_none() && self.expected.of.is_none();
        own && matches!(self.kind(), Kind::Typed | Kind::Http)
    }

    /// Whether a language has what it is made of.
    #[must_use]
    pub fn is_written_in(&self, language: &str) -> bool {
        let Expected { template, of, .. } = &self.expected;
        self.is_any_source()
            || template.is_some()
            || of.is_some()
            || self.source(language).is_some()
    }

    /// Whether no source decides it: the host refuses before any is read.
    #[must_use]
    pub fn is_any_source(&self) -> bool {
        let own = self.expected.fails.as_ref();
        own.is_some_and(|said| !said.is_empty())
    }

    /// A language's source below the case's directory, for `source`: the one
    /// file there is, or the directory where a tool's own manifest or several
    /// files are in it.
    #[must_use]
    pub fn source(&self, language: &str) -> Option<String> {
        const MANIFESTS: [&str; 5] = [
            "Cargo.toml",
            "build.zig",
            "go.mod",
            "package.json",
            "pyproject.toml",
        ];
        let directory = self.directory.join(language);
        let mut files: Vec<String> = fs::read_dir(&directory)
            .ok()?
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name != "says.txt")
            .collect();
        files.sort();
        match files.as_slice() {
            [] => None,
            [file] if !MANIFESTS.contains(&file.as_str()) && directory.join(file).is_file() => {
                Some(format!("{language}/{file}"))
            }
            _ => Some(language.to_owned()),
        }
    }

    /// The interface that the case's sources implement.
    #[must_use]
    pub fn interface(&self) -> &str {
        self.expected.interface.as_deref().unwrap_or(&self.name)
    }
}
