//! What is to be deployed.

use std::fs;
use std::path::Path;

use run_plugin_api::{Error, Result};

/// The bytes of the job's artifact.
///
/// # Errors
/// It cannot be read.
pub fn artifact(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::file("read", path, &error))
}
