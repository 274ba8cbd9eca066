//! What a build read, and whether any of it has changed since.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;
use run_files::Digest;
use run_runtime::ArtifactCache;
use serde::{Deserialize, Serialize};

use crate::cause::{Cause, CauseKind};

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
    /// name, as they are now.
    pub(crate) fn look(root: &Path, patterns: &[String]) -> Self {
        Self::observe(root, patterns, None, &[])
    }

    /// The same after a build that began at `since`. Files modified since then
    /// are noted as not seen: they may have changed after the build had read
    /// them. Those whose names are in `written` are the build's own work (a
    /// tool's lock file), and are what the next build will find.
    pub(crate) fn after_build(
        root: &Path,
        patterns: &[String],
        since: SystemTime,
        written: &[String],
    ) -> Self {
        Self::observe(root, patterns, Some(since), written)
    }

    fn observe(
        root: &Path,
        patterns: &[String],
        since: Option<SystemTime>,
        written: &[String],
    ) -> Self {
        let known = ArtifactCache::user();
        let mut files = BTreeMap::new();
        for relative in find(root, patterns) {
            let own = relative
                .rsplit('/')
                .next()
                .is_some_and(|name| written.iter().any(|file| file == name));
            let seen = see(&root.join(&relative), &known).map(|mut seen| {
                if since.is_some_and(|since| seen.modified >= nanoseconds(since)) && !own {
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

    /// The patterns, sorted.
    pub(crate) fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// A digest of all names and contents; `None` where a content is not known
    /// for sure.
    pub(crate) fn contents(&self) -> Option<Digest> {
        let mut fields = Vec::with_capacity(2 * self.files.len());
        for (name, seen) in &self.files {
            let digest = match seen {
                None => "",
                Some(seen) if seen.digest.is_empty() => return None,
                Some(seen) => &seen.digest,
            };
            fields.extend([name.as_bytes(), digest.as_bytes()]);
        }
        Some(Digest::of_fields(fields))
    }

    /// The inputs that are not as they were; none where all are.
    pub(crate) fn changes(&self, root: &Path) -> Vec<Cause> {
        let cause =
            |path: &str, how: &str| Cause::new(CauseKind::Input, path, format!("`{path}` {how}"));
        let mut causes: Vec<_> = find(root, &self.patterns)
            .iter()
            .filter(|path| !self.files.contains_key(*path))
            .map(|path| cause(path, "is new"))
            .collect();
        causes.extend(self.files.iter().filter_map(|(relative, before)| {
            let path = root.join(relative);
            match (before, quick(&path)) {
                (None, None) => None,
                (None, Some(_)) => Some(cause(relative, "is new")),
                (Some(_), None) => Some(cause(relative, "is gone")),
                (Some(before), Some((size, modified, inode))) => {
                    let same = before.size == size
                        && before.modified == modified
                        && before.inode == inode
                        && !before.digest.is_empty();
                    // Touched, or checked out again: the content decides.
                    let equal =
                        || Digest::of_file(&path).is_ok_and(|d| d.to_string() == before.digest);
                    (!same && !equal()).then(|| match before.digest.is_empty() {
                        true => cause(relative, "was changed while it was being built"),
                        false => cause(relative, "changed"),
                    })
                }
            }
        }));
        causes
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
            // What one user ignores everywhere is an input for all others.
            .git_global(false)
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

fn see(path: &Path, known: &ArtifactCache) -> Option<Seen> {
    let (size, modified, inode) = quick(path)?;
    let digest = known.digest(path).ok()?.to_string();
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
    use super::*;

    fn tree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("src/deep")).unwrap();
        for file in ["src/a.elm", "src/deep/b.elm", "elm.json"] {
            fs::write(dir.path().join(file), file).unwrap();
        }
        dir
    }

    fn said(inputs: &Inputs, root: &Path) -> Vec<String> {
        let causes = inputs.changes(root);
        causes.iter().map(ToString::to_string).collect()
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
            let inputs = Inputs::look(dir.path(), &patterns);
            change(dir.path());
            let expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(said(&inputs, dir.path()), expected);
            let now = Inputs::look(dir.path(), &patterns);
            assert_eq!(now.contents() == inputs.contents(), expected.is_empty());
        }
    }

    #[test]
    fn a_file_changed_while_the_build_ran_is_not_trusted() {
        let dir = tree();
        let build = |written: &[String]| {
            Inputs::after_build(dir.path(), &["elm.json".into()], UNIX_EPOCH, written)
        };
        let inputs = build(&[]);
        assert_eq!(
            said(&inputs, dir.path()),
            ["`elm.json` was changed while it was being built"]
        );
        assert_eq!(inputs.contents(), None);
        let own = build(&["elm.json".into()]);
        assert!(own.changes(dir.path()).is_empty());
        assert_eq!(own, Inputs::look(dir.path(), &["elm.json".into()]));
    }
}
