//! Finding and loading a project.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::document;
use crate::manifest::Manifest;
use crate::problem::{MANIFEST, ManifestError};

/// The file that makes a directory a project.
pub const MANIFEST_NAME: &str = "run.toml";

/// A project that was loaded.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its directory.
    pub root: PathBuf,
    /// Its `run.toml`.
    pub manifest_path: PathBuf,
    /// The text of it.
    pub source_text: Arc<str>,
    /// What it says.
    pub manifest: Manifest,
}

/// Why there is no project to work with.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// No `run.toml` here or above.
    #[error("there is no `run.toml` in `{}` or above it", .0.display())]
    NotFound(PathBuf),
    /// It cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It does not hold.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl ProjectError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::NotFound(_) => {
                Some("go to a project's directory, or make one with `run v2 init`")
            }
            _ => None,
        }
    }
}

impl Project {
    /// The project that `start` is in: the nearest `run.toml` there or above.
    ///
    /// # Errors
    /// There is none, it cannot be read, or it does not hold.
    pub fn discover(start: &Path) -> Result<Self, ProjectError> {
        let root = start
            .ancestors()
            .find(|dir| dir.join(MANIFEST_NAME).is_file())
            .ok_or_else(|| ProjectError::NotFound(start.to_owned()))?;
        Self::load(&root.join(MANIFEST_NAME))
    }

    /// The project of this `run.toml`.
    ///
    /// # Errors
    /// It cannot be read, or it does not hold.
    pub fn load(manifest_path: &Path) -> Result<Self, ProjectError> {
        let bytes = std::fs::read(manifest_path).map_err(|source| ProjectError::Read {
            path: manifest_path.to_owned(),
            source,
        })?;
        let source_text = document::text(bytes, manifest_path, &MANIFEST)?;
        let manifest = Manifest::parse(&source_text, manifest_path)?;
        Ok(Self {
            root: manifest_path.parent().unwrap_or(Path::new(".")).to_owned(),
            manifest_path: manifest_path.to_owned(),
            source_text,
            manifest,
        })
    }
}
