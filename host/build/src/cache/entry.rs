//! What the cache says of one component.

use run_files::Digest;
use serde::{Deserialize, Serialize};

/// The format; another one is not read.
const VERSION: u32 = 1;

/// One build's outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    version: u32,
    /// The component's digest.
    artifact: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The programs that the builder ran, by name.
    pub(crate) programs: Vec<String>,
    /// Why another build from the same inputs might give other bytes.
    pub(crate) irreproducible: Option<String>,
}

impl Entry {
    pub(crate) fn new(
        artifact: Digest,
        size: u64,
        programs: Vec<String>,
        irreproducible: Option<String>,
    ) -> Self {
        Self {
            version: VERSION,
            artifact: artifact.to_string(),
            size,
            programs,
            irreproducible,
        }
    }

    /// `None` where the bytes are no entry of this format.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(bytes).ok()?;
        (entry.version == VERSION && entry.artifact().is_some()).then_some(entry)
    }

    pub(crate) fn artifact(&self) -> Option<Digest> {
        self.artifact.parse().ok()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
