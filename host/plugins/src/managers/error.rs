//! Why a tool was not installed.

use miette::Diagnostic;
use run_files::Digest;

use crate::tools::ToolError;

/// Why a tool was not installed. Nothing of it is left behind.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum InstallError {
    /// The package manager is not on this machine.
    #[error("`{program}` cannot be installed: {error}")]
    #[diagnostic(code(run::toolchain::manager), help("{}", .error.help().unwrap_or_default()))]
    Manager {
        /// The tool.
        program: String,
        /// The manager's program.
        error: ToolError,
    },

    /// The package manager failed.
    #[error("`{program}` cannot be installed: `{command}` failed ({how})\n{output}")]
    #[diagnostic(
        code(run::toolchain::failed),
        help("see what it printed, and try again; `--verbose` shows all of it")
    )]
    Failed {
        /// The tool.
        program: String,
        /// What was run.
        command: String,
        /// How it ended.
        how: String,
        /// The last of what it printed.
        output: String,
    },

    /// The package has no version that the tool may have.
    #[error("no version of the package `{package}` fits {wanted}{}", .newest.as_ref().map(|v| format!(" (its newest is {v})")).unwrap_or_default())]
    #[diagnostic(
        code(run::toolchain::version),
        help("the plugin that wants it may have a newer release")
    )]
    NoVersion {
        /// The package.
        package: String,
        /// The range.
        wanted: String,
        /// Its newest version.
        newest: Option<String>,
    },

    /// The package is there and the program is not, or does not run.
    #[error("the package `{package}` {version} was installed, and {why}")]
    #[diagnostic(
        code(run::toolchain::program),
        help("nothing of it was kept; this is for the author of the plugin to mend")
    )]
    Program {
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// What is wrong.
        why: String,
    },

    /// What was installed is not what the lock pins.
    #[error(
        "what was installed as `{program}` {version} is not what run.lock.toml pins\n  pinned: {pinned}\n  found:  {found}"
    )]
    #[diagnostic(
        code(run::toolchain::checksum),
        help(
            "nothing of it was kept. Where the package depends on others, one of them may have a newer release: if that is meant, take the lines of `{program}` out of `[installed]` and `[checksums]` in run.lock.toml, install, and pin it with `run v2 toolchain sync`"
        )
    )]
    Checksum {
        /// The tool.
        program: String,
        /// Its version.
        version: String,
        /// In the lock.
        pinned: Digest,
        /// What was installed.
        found: Digest,
    },

    /// The file system failed.
    #[error("{what}")]
    #[diagnostic(code(run::toolchain::io))]
    Io {
        /// What was being done.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },

    /// The user asked to stop.
    #[error("stopped")]
    #[diagnostic(code(run::cancelled))]
    Cancelled,
}

impl InstallError {
    pub(super) fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::Io {
            what: what.into(),
            source,
        }
    }
}
