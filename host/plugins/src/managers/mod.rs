//! Package managers: getting a tool for one project, without touching anything
//! outside of it.
//!
//! The host knows none of them. Each is described by data that ships with the
//! plugins: which program it is, how it is asked for versions, how it installs
//! a package into a directory. It runs confined, with the network, and can
//! write nowhere but into that directory.

mod description;
mod error;
mod install;
mod run;
mod staging;
mod versions;

use std::path::Path;
use std::sync::Arc;

pub use description::Manager;
pub use error::InstallError;
pub use install::{Installed, Request};

use crate::cancel::Cancel;
use crate::manifest::{ManifestError, Package, Tool};

/// All package managers there are.
#[derive(Debug, Clone, Default)]
pub struct Managers(Vec<Arc<Manager>>);

impl Managers {
    /// Reads the descriptions, each with the name it is known by.
    ///
    /// # Errors
    /// One does not hold.
    pub fn parse<'a>(
        texts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, ManifestError> {
        texts
            .into_iter()
            .map(|(name, text)| Manager::parse(name, text).map(Arc::new))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The one with this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Arc<Manager>> {
        self.0.iter().find(|manager| manager.name == name)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|manager| manager.name.as_str())
    }

    /// The package a tool is to be had from: the first whose manager is on this
    /// machine, else the first that there is a manager for.
    #[must_use]
    pub fn choose<'t>(&self, tool: &'t Tool) -> Option<(&Arc<Manager>, &'t Package)> {
        let known: Vec<_> = tool
            .packages
            .iter()
            .filter_map(|package| Some((self.find(&package.manager)?, package)))
            .collect();
        // Looking costs a process, and decides nothing where there is one.
        if let [only] = known.as_slice() {
            return Some(*only);
        }
        known
            .iter()
            .find(|(manager, _)| manager.is_here())
            .or_else(|| known.first())
            .copied()
    }
}

/// Watches an installation. Called from the thread that installs.
pub trait Progress {
    /// What happens now.
    fn now(&self, what: &str);
    /// A line the package manager printed, for `--verbose`.
    fn line(&self, line: &str);
}

/// What an installation is watched and stopped by.
#[derive(Clone, Copy)]
pub struct Watched<'a> {
    /// Shows how it goes.
    pub progress: &'a dyn Progress,
    /// Asks it to stop.
    pub cancel: &'a Cancel,
}

/// The digest of an installed tree: all of it but what its manager's
/// description says differs from machine to machine.
///
/// # Errors
/// Something in it cannot be read.
pub fn digest(dir: &Path, manager: &Manager) -> std::io::Result<run_files::Digest> {
    run_files::tree::digest(dir, |path| manager.ignores(path))
}
