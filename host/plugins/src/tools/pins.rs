//! What `run.lock.toml` says of the tools, and where they differ from it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use run_files::Digest;

use super::Tool;

/// What the lock demands of tools, by program.
#[derive(Debug, Clone, Default)]
pub struct Pins {
    /// The version each must have.
    pub versions: BTreeMap<String, String>,
    /// The digest of each program's file on this platform.
    pub checksums: BTreeMap<String, Digest>,
    /// Whether a difference is an error; else it is told once.
    pub strict: bool,
    told: Arc<Mutex<BTreeSet<String>>>,
}

/// A tool that is not what the lock says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Drift {
    /// Another version.
    #[error("`{program}` is {found}, and run.lock.toml pins {pinned}")]
    Version {
        /// The program.
        program: String,
        /// What is there.
        found: String,
        /// What the lock says.
        pinned: String,
    },
    /// The same version, and another file.
    #[error(
        "`{program}` is not the file that run.lock.toml pins\n  pinned: {pinned}\n  found:  {found}"
    )]
    Checksum {
        /// The program.
        program: String,
        /// What is there.
        found: Digest,
        /// What the lock says.
        pinned: Digest,
    },
}

impl Drift {
    /// The program it is about.
    #[must_use]
    pub fn program(&self) -> &str {
        match self {
            Self::Version { program, .. } | Self::Checksum { program, .. } => program,
        }
    }
}

impl Drift {
    /// What mends it. `installable`: whether `toolchain install` has the tool.
    #[must_use]
    pub fn help(&self, installable: bool) -> String {
        let program = self.program();
        let get = match (self, installable) {
            (_, true) => format!("get what is pinned with `run v2 toolchain install {program}`"),
            (Self::Version { pinned, .. }, false) => format!("install `{program}` {pinned}"),
            (Self::Checksum { .. }, false) => format!("install the `{program}` that was pinned"),
        };
        format!("{get}, or pin what is here with `run v2 toolchain sync`")
    }
}

impl Pins {
    /// From the lock's tables for this platform.
    #[must_use]
    pub fn new(
        versions: BTreeMap<String, String>,
        checksums: BTreeMap<String, Digest>,
        strict: bool,
    ) -> Self {
        Self {
            versions,
            checksums,
            strict,
            told: Arc::default(),
        }
    }

    /// Whether anything is pinned of the program.
    #[must_use]
    pub fn has(&self, program: &str) -> bool {
        self.versions.contains_key(program) || self.checksums.contains_key(program)
    }

    /// How a tool differs from what is pinned, where it does.
    ///
    /// # Errors
    /// Its file cannot be read.
    pub fn drift(&self, tool: &Tool) -> io::Result<Option<Drift>> {
        if let (Some(pinned), Some(found)) = (self.versions.get(&tool.program), &tool.version)
            && found != pinned
        {
            return Ok(Some(Drift::Version {
                program: tool.program.clone(),
                found: found.clone(),
                pinned: pinned.clone(),
            }));
        }
        let Some(pinned) = self.checksums.get(&tool.program) else {
            return Ok(None);
        };
        let found = tool.digest()?;
        Ok((found != *pinned).then(|| Drift::Checksum {
            program: tool.program.clone(),
            found,
            pinned: *pinned,
        }))
    }

    /// True the first time: components are built side by side, and share tools.
    pub(crate) fn tell(&self, message: &str) -> bool {
        let mut told = self.told.lock().unwrap_or_else(|e| e.into_inner());
        told.insert(message.to_owned())
    }
}
