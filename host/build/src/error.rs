//! Why a component was not built.

use miette::Diagnostic;
use run_plugins::CallError;

use crate::plugins::PluginsError;

/// Why a component was not built.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum BuildError {
    /// The plugin's call did not succeed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Call(#[from] CallError),

    /// Which plugin builds it cannot be said, or it cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Plugins(#[from] PluginsError),

    /// What was made is not valid, or not what was declared.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Runtime(#[from] run_runtime::Error),

    /// The plugin made something that cannot become a component.
    #[error("what was built for `{name}` cannot become a component: {reason}")]
    #[diagnostic(code(run::build::output))]
    Output {
        /// The component.
        name: String,
        /// Why not.
        reason: String,
    },

    /// The plugin returned no component, or several.
    #[error("the plugin `{plugin}` returned {found} components for `{name}`, not one")]
    #[diagnostic(code(run::build::artifacts), help("this is a fault of the plugin"))]
    Artifacts {
        /// The component.
        name: String,
        /// The plugin.
        plugin: String,
        /// How many there were.
        found: usize,
    },

    /// A reproducible build was asked for and is not to be had.
    #[error("`{name}` cannot be built reproducibly: {reason}")]
    #[diagnostic(
        code(run::build::irreproducible),
        help("build without `--reproducible`, or take away what differs")
    )]
    Irreproducible {
        /// The component.
        name: String,
        /// The plugin's reason.
        reason: String,
    },

    /// Settings that the plugin does not have, or not of that type.
    #[error("{message}")]
    #[diagnostic(code(run::build::setting), help("{help}"))]
    Setting {
        /// What is wrong.
        message: String,
        /// The nearest setting, or what there is.
        help: String,
        /// `run.toml`.
        #[source_code]
        source_code: miette::NamedSource<String>,
        /// The setting.
        #[label("here")]
        at: Option<miette::SourceSpan>,
    },

    /// A file or directory that is named and not there.
    #[error("{what}")]
    #[diagnostic(code(run::build::missing), help("{help}"))]
    Missing {
        /// What is missing.
        what: String,
        /// What to do.
        help: String,
        /// `run.toml`.
        #[source_code]
        source_code: miette::NamedSource<String>,
        /// Where it is named.
        #[label("named here")]
        at: Option<miette::SourceSpan>,
    },

    /// The file system failed.
    #[error("{what}")]
    #[diagnostic(code(run::build::io))]
    Io {
        /// What was being done.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl BuildError {
    pub(crate) fn io(what: String, source: std::io::Error) -> Self {
        Self::Io { what, source }
    }

    /// Whether the user asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Call(CallError::Cancelled))
    }
}
