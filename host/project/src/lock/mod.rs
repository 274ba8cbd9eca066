//! Lock (temporary).
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use run_files::Digest;
use crate::names::PluginName;
use crate::problem::ManifestError;
/// Lock.
#[derive(Debug, Clone, Default)]
pub struct Lock {
    /// toolchains
    pub toolchains: BTreeMap<String, String>,
    plugins: Vec<LockedPlugin>,
}
/// Entry.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct LockedPlugin { pub name: PluginName, pub package: String, pub version: semver::Version, pub source: String, pub digest: Digest, pub api: String, pub publisher: Option<String>, pub granted: Granted }
/// Granted.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Granted { pub tools: BTreeSet<String>, pub env: BTreeSet<String>, pub directories: BTreeSet<String>, pub source: BTreeSet<String>, pub hosts: BTreeSet<String>, pub credentials: BTreeSet<String> }
/// Error.
#[derive(Debug, thiserror::Error)]
pub enum LockError { /// i
 #[error(transparent)] Invalid(#[from] ManifestError), /// r
 #[error("{0}")] Read(String) }
impl Lock {
    /// Load.
    /// # Errors
    /// none
    pub fn load(_root: &Path) -> Result<Option<Self>, LockError> { Ok(None) }
    /// Plugin.
    pub fn plugin(&self, name: &str) -> Option<&LockedPlugin> { self.plugins.iter().find(|p| p.name.as_str() == name) }
    /// Set.
    pub fn set_plugin(&mut self, p: LockedPlugin) { self.plugins.push(p); }
    /// Save.
    /// # Errors
    /// none
    pub fn save(&self, _root: &Path) -> std::io::Result<()> { Ok(()) }
}
