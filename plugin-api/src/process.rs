//! Running the programs that the manifest declares.
//!
//! There is no shell and there are no host paths: an argument is made of
//! pieces, text and guest paths, and the host puts its own paths in.

use std::fmt;
use std::path::Path;

use crate::bindings::language_builder::run::plugin::process as host;
use crate::{Error, Result, events};

use host::Piece;

/// One argument, or the value of a variable: text and guest paths, joined
/// without a separator.
///
/// A `&str` or `String` becomes text, a `&Path` becomes a path:
///
/// ```
/// use run_plugin_api::process::Argument;
/// use std::path::Path;
///
/// let plain = Argument::from("--release");
/// let path = Argument::from(Path::new("/src/main.elm"));
/// let joined = Argument::from("--map=").path("/src").text("=/app");
/// assert_eq!(joined.to_string(), "--map=/src=/app");
/// # let _ = (plain, path);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Argument(Vec<Piece>);

impl Argument {
    /// Appends text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Text(text.into()));
        self
    }

    /// Appends a guest path below `/src`, `/wit`, `/out`, `/cache`, `/tmp` or
    /// `/dirs/<id>`, which the host replaces by its own.
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        self.0.push(Piece::Path(guest_path(path.as_ref())));
        self
    }

    /// Appends another argument's pieces.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether it has no pieces.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::default().text(text)
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::default().text(text)
    }
}

impl From<&Path> for Argument {
    fn from(path: &Path) -> Self {
        Self::default().path(path)
    }
}

/// The guest form, which the manifest's patterns are matched against.
impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) | Piece::Path(text) => f.write_str(text),
        })
    }
}

/// A program to run, by its `[[tool]]` id.
///
/// ```no_run
/// use run_plugin_api::process::{Command, Line};
/// use std::path::Path;
///
/// # fn main() -> run_plugin_api::Result<()> {
/// let version = Command::new("elmc").arg("--version").run()?.check()?.stdout;
///
/// Command::new("elmc")
///     .arg("build")
///     .arg(Path::new("/src/main.elm"))
///     .env("ELM_CACHE", Path::new("/cache/elm"))
///     .current_dir("/src")
///     .lines(|line| match line {
///         Line::Stdout(text) | Line::Stderr(text) => run_plugin_api::events::debug(text),
///     })?
///     .check("elmc build")?;
/// # let _ = version;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a command does nothing until it is run"]
pub struct Command {
    tool: String,
    arguments: Vec<Argument>,
    directory: String,
    environment: Vec<(String, Argument)>,
}

impl Command {
    /// A command of the manifest's tool `tool`, in `/tmp`.
    pub fn new(tool: impl Into<String>) -> Self {
        Self {
            tool: tool.into(),
            arguments: Vec::new(),
            directory: "/tmp".to_owned(),
            environment: Vec::new(),
        }
    }

    /// Adds one argument.
    pub fn arg(mut self, argument: impl Into<Argument>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds several arguments.
    pub fn args<A: Into<Argument>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable that the manifest declares.
    pub fn env(mut self, key: impl Into<String>, value: impl Into<Argument>) -> Self {
        self.environment.push((key.into(), value.into()));
        self
    }

    /// Sets the working directory, a guest path.
    pub fn current_dir(mut self, directory: impl AsRef<Path>) -> Self {
        self.directory = guest_path(directory.as_ref());
        self
    }

    /// Runs it and hands every line to `on_line` as it is printed, host paths
    /// already replaced by guest paths.
    ///
    /// # Errors
    /// The tool is missing or not granted, the host refuses the arguments, or
    /// the call was cancelled. How the program ended is not an error: see
    /// [`Exit::check`].
    pub fn lines(&self, mut on_line: impl FnMut(Line<'_>)) -> Result<Exit> {
        events::debug(&format!("running {self}"));
        let child = host::spawn(&self.to_host())?;
        while let Some(line) = child.next_line() {
            on_line(match line.source {
                host::Source::Stdout => Line::Stdout(&line.text),
                host::Source::Stderr => Line::Stderr(&line.text),
            });
        }
        let exit = child.wait()?;
        if events::cancelled() {
            return Err(Error::cancelled());
        }
        Ok(match exit {
            host::Exit::Code(code) => Exit::Code(code),
            host::Exit::Signal(signal) => Exit::Signal(signal),
            host::Exit::TimedOut => Exit::TimedOut,
        })
    }

    /// Runs it and collects what it prints.
    ///
    /// # Errors
    /// As [`lines`](Self::lines).
    pub fn run(&self) -> Result<Output> {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let exit = self.lines(|line| {
            let (text, all) = match line {
                Line::Stdout(text) => (text, &mut stdout),
                Line::Stderr(text) => (text, &mut stderr),
            };
            all.push_str(text);
            all.push('\n');
        })?;
        Ok(Output {
            command: self.to_string(),
            exit,
            stdout,
            stderr,
        })
    }

    fn to_host(&self) -> host::Command {
        host::Command {
            tool: self.tool.clone(),
            arguments: self.arguments.iter().map(|a| a.0.clone()).collect(),
            directory: self.directory.clone(),
            environment: self
                .environment
                .iter()
                .map(|(key, value)| host::Variable {
                    key: key.clone(),
                    value: value.0.clone(),
                })
                .collect(),
        }
    }
}

/// The command line in guest form, for logs and tests.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tool)?;
        self.arguments
            .iter()
            .try_for_each(|argument| write!(f, " {argument}"))
    }
}

/// One line that a program printed, without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// On its standard output.
    Stdout(&'a str),
    /// On its standard error.
    Stderr(&'a str),
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a program that failed says so here only"]
pub enum Exit {
    /// It returned.
    Code(i32),
    /// It was killed by this signal.
    Signal(i32),
    /// The host stopped it because it took too long.
    TimedOut,
}

impl Exit {
    /// Whether it returned 0.
    #[must_use]
    pub fn success(self) -> bool {
        self == Self::Code(0)
    }

    /// An error unless it returned 0; `what` names the command.
    ///
    /// # Errors
    /// It did not return 0.
    pub fn check(self, what: &str) -> Result<()> {
        if self.success() {
            Ok(())
        } else {
            Err(Error::failed(format!("`{what}` {self}")))
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exited with code {code}"),
            Self::Signal(signal) => write!(f, "was killed by signal {signal}"),
            Self::TimedOut => f.write_str("took too long and was stopped"),
        }
    }
}

/// What a program printed, and how it ended.
#[derive(Debug, Clone)]
pub struct Output {
    command: String,
    /// How it ended.
    pub exit: Exit,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Output {
    /// The same, or an error with the program's standard error as its help
    /// unless it returned 0.
    ///
    /// # Errors
    /// It did not return 0.
    pub fn check(self) -> Result<Self> {
        match self.exit.check(&self.command) {
            Ok(()) => Ok(self),
            Err(error) => match self.stderr.trim() {
                "" => Err(error),
                said => Err(error.with_help(said)),
            },
        }
    }
}

/// The probed version of a granted tool, e.g. `1.95.0`.
///
/// # Errors
/// The tool is not there or not granted.
pub fn version(tool: &str) -> Result<String> {
    Ok(host::version(tool)?)
}

/// Whether a granted tool is there.
#[must_use]
pub fn available(tool: &str) -> bool {
    host::version(tool).is_ok()
}

pub(crate) fn guest_path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stay_apart() {
        let command = Command::new("elmc")
            .arg("build")
            .arg(Argument::from("--map=").path("/src").text("=/app"))
            .env("ELM_CACHE", Path::new("/cache"))
            .current_dir("/src")
            .to_host();
        assert!(matches!(
            command.arguments[1].as_slice(),
            [Piece::Text(a), Piece::Path(b), Piece::Text(c)]
                if a == "--map=" && b == "/src" && c == "=/app"
        ));
        assert!(
            matches!(command.environment[0].value.as_slice(), [Piece::Path(p)] if p == "/cache")
        );
        assert_eq!(command.directory, "/src");
    }

    #[test]
    fn a_failed_program_speaks_for_itself() {
        let output = |exit| Output {
            command: "elmc build".into(),
            exit,
            stdout: String::new(),
            stderr: "no such module\n".into(),
        };
        assert!(output(Exit::Code(0)).check().is_ok());
        let error = output(Exit::Code(2)).check().unwrap_err();
        assert_eq!(error.message(), "`elmc build` exited with code 2");
        assert_eq!(error.help(), Some("no such module"));
        assert!(output(Exit::TimedOut).check().is_err());
    }
}
