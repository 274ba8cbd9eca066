//! `run.lock.toml`: what was resolved, pinned and granted.
//!
//! One file, committed, the same bytes for the same content: sorted, one
//! writer, no times. An entry is law; nothing here rewrites one on its own.

mod digests;
mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use run_files::{Digest, atomic};
use semver::Version;

pub use digests::{Digests, platform};

use crate::document;
use crate::names::PluginName;
use crate::problem::{LOCK, ManifestError};

/// The file, beside `run.toml`.
pub const LOCK_NAME: &str = "run.lock.toml";

/// A `run.lock.toml` that holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// `[toolchains]`: a program, and the version it must have.
    pub toolchains: BTreeMap<String, String>,
    /// `[checksums]`: a program, and the digest of its file.
    pub checksums: Digests,
    /// `[installed]`: a program, and the digest of all that `toolchain install`
    /// installs with it.
    pub installed: Digests,
    packages: Vec<LockedPackage>,
    plugins: Vec<LockedPlugin>,
}

/// `[[package]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPackage {
    /// `name`, e.g. `wasi:http`.
    pub name: String,
    /// `version`.
    pub version: Version,
    /// `source`, e.g. `oci+…`, `git+…#rev`, `path+…`.
    pub source: String,
    /// `digest` of the component's bytes.
    pub digest: Digest,
    /// `dependencies`, each `name@version`.
    pub dependencies: BTreeSet<String>,
}

/// `[[plugin]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedPlugin {
    /// `name`: what the project calls it.
    pub name: PluginName,
    /// `package`: its own id, e.g. `acme:ruby`.
    pub package: String,
    /// `version`.
    pub version: Version,
    /// `source`, e.g. `path+plugins/ruby.wasm`.
    pub source: String,
    /// `digest` of the bytes that consent was given to.
    pub digest: Digest,
    /// `api`: the contract it was built for, e.g. `run:plugin@0.1`.
    pub api: String,
    /// `publisher`: who signed it; `None` is unsigned, accepted explicitly.
    pub publisher: Option<String>,
    /// `[plugin.granted]`.
    pub granted: Granted,
}

/// `[plugin.granted]`: what a person agreed to, in the plugin's own sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Granted {
    /// `tools`: programs with their arguments.
    pub tools: BTreeSet<String>,
    /// `env`: variables.
    pub env: BTreeSet<String>,
    /// `directories` outside the project.
    pub directories: BTreeSet<String>,
    /// `source`: how far it reaches around the project, and what it writes.
    pub source: BTreeSet<String>,
    /// `hosts`.
    pub hosts: BTreeSet<String>,
    /// `credentials`.
    pub credentials: BTreeSet<String>,
}

/// Why a lock file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
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
    Invalid(#[from] ManifestError),
}

impl Lock {
    /// The lock file of the project in `root`; `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read, or does not hold.
    pub fn load(root: &Path) -> Result<Option<Self>, LockError> {
        let path = root.join(LOCK_NAME);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(LockError::Read { path, source }),
        };
        let text = document::text(bytes, &path, &LOCK)?;
        Ok(Some(Self::parse(&text, &path)?))
    }

    /// Reads the text of a lock file. `source_name` is its path, for display.
    ///
    /// # Errors
    /// Everything that is wrong with it, in one go.
    pub fn parse(text: &str, source_name: &Path) -> Result<Self, ManifestError> {
        document::read(text, source_name, &LOCK, read::lock).map(|(lock, _)| lock)
    }

    /// Writes the file, whole or not at all, unless it says the same already.
    ///
    /// # Errors
    /// Any I/O error.
    pub fn save(&self, root: &Path) -> std::io::Result<()> {
        let path = root.join(LOCK_NAME);
        let text = self.to_string();
        if std::fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(());
        }
        atomic::write(&path, text.as_bytes())
    }

    /// The plugin that the project calls by that name.
    #[must_use]
    pub fn plugin(&self, name: &str) -> Option<&LockedPlugin> {
        self.plugins
            .iter()
            .find(|plugin| plugin.name.as_str() == name)
    }

    /// All plugins, sorted by name.
    #[must_use]
    pub fn plugins(&self) -> &[LockedPlugin] {
        &self.plugins
    }

    /// All packages, sorted by name and version.
    #[must_use]
    pub fn packages(&self) -> &[LockedPackage] {
        &self.packages
    }

    /// Adds a plugin, or replaces the one of its name: the caller asked first.
    pub fn set_plugin(&mut self, plugin: LockedPlugin) {
        self.plugins.retain(|other| other.name != plugin.name);
        self.plugins.push(plugin);
        self.plugins.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// Removes the plugin of that name.
    pub fn remove_plugin(&mut self, name: &str) {
        self.plugins.retain(|plugin| plugin.name.as_str() != name);
    }

    /// Adds a package, or replaces the one of its name and version.
    pub fn set_package(&mut self, package: LockedPackage) {
        let key = |package: &LockedPackage| (package.name.clone(), package.version.clone());
        self.packages.retain(|other| key(other) != key(&package));
        self.packages.push(package);
        self.packages.sort_by_key(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
[toolchains]
elmc = \"1.2.0\"

[checksums]
elmc = \"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"

[[package]]
name = \"wasi:http\"
version = \"0.2.0\"
source = \"path+../http\"
digest = \"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"
dependencies = [\"wasi:io@0.2.0\"]

[[plugin]]
name = \"elm\"
package = \"acme:elm\"
version = \"0.3.1\"
source = \"path+elm.wasm\"
digest = \"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"
api = \"run:plugin@0.1\"

[plugin.granted]
tools = [\"elmc: build **\"]
env = []
directories = []
source = []
hosts = []
credentials = []
";

    #[test]
    fn written_as_it_is_read_byte_for_byte() {
        let lock = Lock::parse(TEXT, Path::new(LOCK_NAME)).unwrap();
        assert_eq!(lock.to_string(), TEXT);
        assert_eq!(lock.plugin("elm").unwrap().granted.tools.len(), 1);
        assert_eq!(Lock::default().to_string(), "");
    }

    #[test]
    fn platforms_have_tables_of_their_own() {
        let digest = Digest::of(b"");
        let mut lock = Lock::default();
        lock.toolchains.insert("elmc".into(), "1.2.0".into());
        lock.checksums.set("linux-x86_64", "elmc", digest);
        lock.checksums.set("macos-aarch64", "elmc", digest);
        lock.installed.set("linux-x86_64", "elmc", digest);
        let text = lock.to_string();
        let expected = format!(
            "[toolchains]\nelmc = \"1.2.0\"\n\n[checksums.linux-x86_64]\nelmc = \"{digest}\"\n\n[checksums.macos-aarch64]\nelmc = \"{digest}\"\n\n[installed.linux-x86_64]\nelmc = \"{digest}\"\n"
        );
        assert_eq!(text, expected);
        assert_eq!(Lock::parse(&text, Path::new(LOCK_NAME)).unwrap(), lock);
    }

    #[test]
    fn order_in_the_file_does_not_matter() {
        let mut lock = Lock::parse(TEXT, Path::new(LOCK_NAME)).unwrap();
        let mut first = lock.plugin("elm").unwrap().clone();
        first.name = "a".parse().unwrap();
        let mut other = Lock::default();
        other.set_plugin(lock.plugin("elm").unwrap().clone());
        lock.set_plugin(first.clone());
        other.set_plugin(first);
        assert_eq!(lock.plugins(), other.plugins());
    }

    #[test]
    fn what_does_not_hold_is_refused_at_its_place() {
        for (from, to, expected) in [
            ("api =", "apo =", "20:1 run::lock::unknown_key"),
            ("elmc = \"1.2.0\"", "elmc = 1", "2:8 run::lock::wrong_type"),
            (
                "version = \"0.3.1\"",
                "version = \"x\"",
                "17:11 run::lock::bad_value",
            ),
            ("b855\"\napi", "b8\"\napi", "19:10 run::lock::bad_value"),
            ("name = \"elm\"\n", "", "run::lock::missing_key"),
            ("[toolchains]", "[toolchains", "run::lock::syntax"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            let error = Lock::parse(&text, Path::new(LOCK_NAME)).unwrap_err();
            assert!(error.plain().contains(expected), "{to}: {}", error.plain());
        }
    }

    #[test]
    fn two_entries_of_one_name_are_refused() {
        let plugin = &TEXT[TEXT.find("[[plugin]]").unwrap()..];
        let error = Lock::parse(&format!("{TEXT}\n{plugin}"), Path::new(LOCK_NAME)).unwrap_err();
        assert!(
            error.plain().contains("run::lock::duplicate"),
            "{}",
            error.plain()
        );
    }

    #[test]
    fn saving_is_whole_and_only_when_something_changed() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Lock::load(dir.path()).unwrap().is_none());
        let lock = Lock::parse(TEXT, Path::new(LOCK_NAME)).unwrap();
        lock.save(dir.path()).unwrap();
        let path = dir.path().join(LOCK_NAME);
        let before = std::fs::metadata(&path).unwrap().modified().unwrap();
        lock.save(dir.path()).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().modified().unwrap(),
            before
        );
        assert_eq!(Lock::load(dir.path()).unwrap(), Some(lock));
    }
}
