//! Remembers that all dependencies were fetched, so that the next build does
//! not ask the network again.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use run_plugin_api::{Result, files};

/// A note in the cache: which files decided what was fetched, and their digest.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    note: PathBuf,
    workspace_root: PathBuf,
}

impl Stamp {
    /// The note called `name` in the cache, for one workspace.
    pub(crate) fn new(cache: &Path, name: &str, workspace_root: &Path) -> Self {
        Self {
            note: cache.join("fetched").join(name),
            workspace_root: workspace_root.to_owned(),
        }
    }

    /// Whether the files that were noted are as they were.
    pub(crate) fn holds(&self) -> bool {
        let Ok(text) = fs::read_to_string(&self.note) else {
            return false;
        };
        let mut lines = text.lines();
        let digest = lines.next().unwrap_or_default();
        digest == self.digest(&lines.map(PathBuf::from).collect())
    }

    /// Notes that everything these packages need is there.
    pub(crate) fn write(&self, manifests: &BTreeSet<PathBuf>) -> Result<()> {
        let mut text = self.digest(manifests);
        for manifest in manifests {
            text.push('\n');
            text.push_str(&manifest.to_string_lossy());
        }
        files::write_if_changed(&self.note, text)
    }

    fn digest(&self, manifests: &BTreeSet<PathBuf>) -> String {
        let mut hasher = DefaultHasher::new();
        let fixed = [
            "Cargo.toml",
            "Cargo.lock",
            ".cargo/config.toml",
            ".cargo/config",
        ];
        let fixed = fixed.iter().map(|file| self.workspace_root.join(file));
        for file in fixed.chain(manifests.iter().cloned()) {
            (fs::read(&file).ok(), file).hash(&mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_manifest_or_lock_breaks_it() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("ws");
        let member = root.join("a/Cargo.toml");
        files::write(&member, "a").unwrap();
        let stamp = Stamp::new(temp.path(), "x", &root);
        assert!(!stamp.holds());
        for changed in [member.clone(), root.join("Cargo.lock")] {
            stamp.write(&BTreeSet::from([member.clone()])).unwrap();
            assert!(stamp.holds());
            files::write(&changed, "b").unwrap();
            assert!(!stamp.holds(), "{changed:?}");
        }
    }
}
