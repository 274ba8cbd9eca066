//! Why a component is built again: what is not as it was.

use std::fmt;

/// One thing that is not as it was at the last build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What kind of thing.
    pub kind: CauseKind,
    /// Its name: a path, a setting, a variable.
    pub subject: String,
    message: String,
}

/// What can make a build necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CauseKind {
    /// There is no record of a build that could be compared with.
    NotBuilt,
    /// A file of the source tree.
    Input,
    /// The component's file.
    Output,
    /// Something `run.toml` says of the component.
    Component,
    /// One of `[component.settings]`.
    Setting,
    /// What was asked for on the command line or in `[build]`.
    Option,
    /// A variable of the environment.
    Variable,
    /// A file outside the source tree.
    Outside,
    /// A program.
    Tool,
    /// The plugin.
    Plugin,
    /// `run` itself.
    Run,
}

impl CauseKind {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotBuilt => "not-built",
            Self::Input => "input",
            Self::Output => "output",
            Self::Component => "component",
            Self::Setting => "setting",
            Self::Option => "option",
            Self::Variable => "variable",
            Self::Outside => "outside",
            Self::Tool => "tool",
            Self::Plugin => "plugin",
            Self::Run => "run",
        }
    }
}

impl Cause {
    pub(crate) fn new(
        kind: CauseKind,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            subject: subject.into(),
            message: message.into(),
        }
    }

    /// There is nothing to compare with.
    pub(crate) fn not_built() -> Self {
        Self::new(CauseKind::NotBuilt, "", "it was not built before")
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
