//! Why a tool cannot be used, and how to get one that can.

use crate::manifest::Tool as Declared;

/// Why a tool cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ToolError {
    /// The manifest has no such tool, or the user did not grant it.
    #[error("the tool `{0}` is not declared in the plugin's manifest, or not granted")]
    NotGranted(String),
    /// It is not on this machine.
    #[error("`{program}` was not found: {why}")]
    Missing {
        /// The program.
        program: String,
        /// What it is for, or what its launcher said.
        why: String,
        /// How to get it.
        help: String,
    },
    /// It is there in a version the plugin does not work with.
    #[error("`{program}` is {found} ({path}), and the plugin works with {accepts}")]
    Version {
        /// The program.
        program: String,
        /// What was found.
        found: String,
        /// Where.
        path: String,
        /// The range.
        accepts: String,
        /// How to get another.
        help: String,
    },
}

impl ToolError {
    /// What the user can do.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::NotGranted(_) => None,
            Self::Missing { help, .. } | Self::Version { help, .. } => Some(help),
        }
    }
}

/// What a person does to get the tool: for this project alone where that can be
/// had, else on this machine; and in which version.
pub(crate) fn install_help(tool: &Declared) -> String {
    let range = match &tool.accepts {
        Some(accepts) => format!(" (accepted: {accepts})"),
        None => String::new(),
    };
    let by_hand = match tool.install.here() {
        Some(command) => format!("install it with `{command}`{range}"),
        None => format!("install `{}`{range} and put it on PATH", tool.program),
    };
    if tool.packages.is_empty() {
        by_hand
    } else {
        format!(
            "`run v2 toolchain install {}` gets it for this project alone; or {by_hand}",
            tool.program
        )
    }
}
