//! What a build read, and whether any of it has changed since.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;
use run_files::Digest;
use serde::{Deserialize, Serialize};

/// One file as it was when it was read. `None` where it did not exist, which is
/// an input too: a file that appears can change a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    size: u64,
    modified: u128,
    inode: u64,
    digest: String,
}

/// The inputs of one build: files by path relative to a root, and the patterns
/// they were found by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Inputs {
    patterns: Vec<String>,
    files: BTreeMap<String, Option<Seen>>,
}

impl Inputs {
    /// Looks at all files that `patterns` (paths or globs, relative to `root`)
    /// name. Files modified at or after `since` are noted as not seen: they may
    /// have changed after the build had read them.
    pub(crate) fn observe(root: &Path, patterns: &[String], since: SystemTime) -> Self {
        let mut files = BTreeMap::new();
        for relative in find(root, patterns) {
            let seen = see(&root.join(&relative)).map(|mut seen| {
                if seen.modified >= nanoseconds(since) {
                    seen.digest.clear();
                }
                seen
            });
            files.insert(relative, seen);
        }
        let mut patterns = patterns.to_vec();
        patterns.sort();
        patterns.dedup();
        Self { patterns, files }
    }

    /// The first input that is not as it was, in words; `None` where all are.
    pub(crate) fn changed(&self, root: &Path) -> Option<String> {
        let now = find(root, &self.patterns);
        if let Some(added) = now.iter().find(|path| !self.files.contains_key(*path)) {
            return Some(format!("`{added}` is new"));
        }
        self.files.iter().find_map(|(relative, before)| {
            let path = root.join(relative);
            match (before, quick(&path)) {
                (None, None) => None,
                (None, Some(_)) => Some(format!("`{relative}` is new")),
                (Some(_), None) => Some(format!("`{relative}` is gone")),
                (Some(before), Some((size, modified, inode))) => {
                    let same = before.size == size
                        && before.modified == modified
                        && before.inode == inode
                        && !before.digest.is_empty();
                    // Touched, or checked out again: the content decides.
                    let equal =
                        || Digest::of_file(&path).is_ok_and(|d| d.to_string() == before.digest);
                    (!same && !equal()).then(|| format!("`{relative}` changed"))
                }
            }
        })
    }
}

/// Every path that the patterns name, relative to `root` with `/`. A pattern
/// without a wildcard names itself whether or not it exists.
fn find(root: &Path, patterns: &[String]) -> Vec<String> {
    let (globs, literal): (Vec<_>, Vec<_>) = patterns
        .iter()
        .partition(|pattern| pattern.contains(['*', '?', '[', '{']));
    let mut found: Vec<String> = literal.into_iter().cloned().collect();
    for (base, set) in by_base(&globs) {
        let walk = WalkBuilder::new(root.join(&base))
            .hidden(false)
            .require_git(false)
            .filter_entry(|entry| entry.file_name() != ".git" && entry.file_name() != ".run")
            .build();
        for entry in walk.flatten() {
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            if let Ok(relative) = entry.path().strip_prefix(root)
                && set.is_match(relative)
                && let Some(text) = relative.to_str()
            {
                found.push(text.replace('\\', "/"));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Globs grouped by the directory that their fixed part names, so that only
/// those are walked.
fn by_base(globs: &[&String]) -> Vec<(PathBuf, GlobSet)> {
    let mut groups: BTreeMap<PathBuf, GlobSetBuilder> = BTreeMap::new();
    for glob in globs {
        let base: PathBuf = glob
            .split('/')
            .take_while(|part| !part.contains(['*', '?', '[', '{']))
            .collect();
        if let Ok(glob) = Glob::new(glob) {
            groups
                .entry(base)
                .or_insert_with(GlobSetBuilder::new)
                .add(glob);
        }
    }
    groups
        .into_iter()
        .filter_map(|(base, set)| Some((base, set.build().ok()?)))
        .collect()
}

fn see(path: &Path) -> Option<Seen> {
    let (size, modified, inode) = quick(path)?;
    let digest = Digest::of_file(path).ok()?.to_string();
    Some(Seen {
        size,
        modified,
        inode,
        digest,
    })
}

/// Size, modification time in nanoseconds since 1970, and inode number.
fn quick(path: &Path) -> Option<(u64, u128, u64)> {
    let meta = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&meta);
    #[cfg(not(unix))]
    let inode = 0;
    Some((meta.len(), nanoseconds(meta.modified().ok()?), inode))
}

fn nanoseconds(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn tree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("src/deep")).unwrap();
        for file in ["src/a.elm", "src/deep/b.elm", "elm.json"] {
            fs::write(dir.path().join(file), file).unwrap();
        }
        dir
    }

    fn later() -> SystemTime {
        SystemTime::now() + Duration::from_secs(10)
    }

    #[test]
    fn any_change_is_seen_and_a_touch_is_not_one() {
        let patterns = ["src/**/*.elm".to_owned(), "elm.json".into(), "lock".into()];
        type Change = fn(&Path);
        let cases: [(Change, Option<&str>); 6] = [
            (|_| (), None),
            (
                |p| fs::write(p.join("src/a.elm"), "src/a.elm").unwrap(),
                None,
            ),
            (
                |p| fs::write(p.join("src/a.elm"), "other").unwrap(),
                Some("`src/a.elm` changed"),
            ),
            (
                |p| fs::write(p.join("src/deep/c.elm"), "").unwrap(),
                Some("`src/deep/c.elm` is new"),
            ),
            (
                |p| fs::write(p.join("lock"), "").unwrap(),
                Some("`lock` is new"),
            ),
            (
                |p| fs::remove_file(p.join("elm.json")).unwrap(),
                Some("`elm.json` is gone"),
            ),
        ];
        for (change, expected) in cases {
            let dir = tree();
            let inputs = Inputs::observe(dir.path(), &patterns, later());
            change(dir.path());
            assert_eq!(inputs.changed(dir.path()).as_deref(), expected);
        }
    }

    #[test]
    fn a_file_changed_while_the_build_ran_is_not_trusted() {
        let dir = tree();
        let inputs = Inputs::observe(dir.path(), &["elm.json".into()], UNIX_EPOCH);
        assert!(inputs.changed(dir.path()).is_some());
    }
}
