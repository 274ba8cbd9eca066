//! What the kernel refused a child, by name.
//!
//! The kernel says no to the program, and the program says whatever it says. So
//! what it prints is searched for words of refusal with a path beside them, and
//! the path is then looked at: it was the sandbox where this user could have
//! done it and the child's policy does not allow it. What the words are about
//! is never believed without that.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use crate::events::{Diagnostic, Severity};
use crate::process::confine::{Policy, system_files};

/// Something that the sandbox refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refusal {
    /// A file or directory was not to be read.
    Read(PathBuf),
    /// It was not to be changed, or made.
    Write(PathBuf),
    /// There was no network.
    Network,
}

/// How programs spell the errors of a refused file. Not all of them say why.
const REFUSED: &[&str] = &[
    "ermission denied",
    "peration not permitted",
    "EACCES",
    "EPERM",
    "AccessDenied",
    "PermissionDenied",
    "annot read file",
];

/// How they spell that there is no network. Sockets are refused with the error
/// "network is down", which nothing else gives on a machine that has one; where
/// they ask for a name first, the resolver fails.
const OFFLINE: &[&str] = &[
    "etwork is down",
    "ENETDOWN",
    "NetworkDown",
    "name resolution",
    "EAI_AGAIN",
    "resolve host",
    "lookup address",
];

/// Longer lines are no message, those for programs longer ones; and more paths
/// than these no sentence.
const LONGEST: usize = 8 << 10;
const LONGEST_OBJECT: usize = 1 << 20;
const MOST: usize = 16;

/// How many lines a path may be away from words that have none beside them: some
/// programs print each cause of a failure in a paragraph of its own, and some
/// the source below the error.
const NEAR: usize = 8;

/// What one child was refused, from what it prints.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    found: BTreeSet<Refusal>,
    /// The paths of the last lines, the latest last.
    before: VecDeque<Vec<PathBuf>>,
    /// For how many more lines a path may be what words before were about.
    awaited: usize,
}

impl Judge {
    /// Looks at one line of the child's output.
    pub(crate) fn line(&mut self, line: &str, policy: &Policy) {
        if self.found.len() >= MOST {
            return;
        }
        let speaks = has(line, REFUSED) || has(line, OFFLINE);
        // A message for programs: its texts are what people would be shown.
        if line.starts_with('{')
            && speaks
            && line.len() < LONGEST_OBJECT
            && let Ok(object) = serde_json::from_str(line)
        {
            for text in texts(&object) {
                let mut inner = Self::default();
                text.lines().for_each(|line| inner.words(line, policy));
                self.found.append(&mut inner.found);
            }
        } else if line.len() < LONGEST {
            self.words(line, policy);
        }
    }

    /// What was found. Nothing is left.
    pub(crate) fn take(&mut self) -> BTreeSet<Refusal> {
        std::mem::take(self).found
    }

    fn words(&mut self, line: &str, policy: &Policy) {
        if !policy.network && has(line, OFFLINE) {
            self.found.insert(Refusal::Network);
        }
        let paths = paths(line);
        if !has(line, REFUSED) {
            if self.awaited > 0 {
                self.awaited -= 1;
                self.blame(unreadable(&paths, policy));
            }
        } else if paths.is_empty() {
            let lines = self.before.iter().rev();
            let nearest = lines
                .map(|paths| unreadable(paths, policy))
                .find(|refused| !refused.is_empty());
            self.awaited = NEAR;
            self.blame(nearest.unwrap_or_default());
        } else {
            self.blame(refusals(&paths, policy));
        }
        if self.before.len() == NEAR {
            self.before.pop_front();
        }
        self.before.push_back(paths);
    }

    fn blame(&mut self, refused: Vec<Refusal>) {
        if !refused.is_empty() {
            self.awaited = 0;
            self.found.extend(refused);
        }
    }
}

fn has(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.contains(word))
}

/// All texts in a value.
fn texts(value: &serde_json::Value) -> Vec<&str> {
    match value {
        serde_json::Value::String(text) => vec![text],
        serde_json::Value::Array(values) => values.iter().flat_map(texts).collect(),
        serde_json::Value::Object(values) => values.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// What the policy refuses of the paths beside words of refusal. Where one of
/// them cannot be read, it is that one: the others say who asked for it.
fn refusals(paths: &[PathBuf], policy: &Policy) -> Vec<Refusal> {
    let all: Vec<_> = paths
        .iter()
        .take(MOST)
        .filter_map(|path| refused(path, policy))
        .collect();
    let (read, other): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|refusal| matches!(refusal, Refusal::Read(_)));
    if read.is_empty() { other } else { read }
}

/// What of paths elsewhere cannot be read. Those that can be are named for many
/// reasons.
fn unreadable(paths: &[PathBuf], policy: &Policy) -> Vec<Refusal> {
    let mut found = refusals(paths, policy);
    found.retain(|refusal| matches!(refusal, Refusal::Read(_)));
    found
}

/// Whether the policy refuses a path that this user could use.
fn refused(path: &Path, policy: &Policy) -> Option<Refusal> {
    let path = without_position(path);
    let Ok(real) = std::fs::canonicalize(path) else {
        // It is not there: making it can have been refused.
        let parent = std::fs::canonicalize(path.parent()?).ok()?;
        let refused = !is_below(&parent, &policy.write) && may(&parent, true);
        return refused.then(|| Refusal::Write(path.to_owned()));
    };
    let system: Vec<_> = system_files().collect();
    let readable = is_below(&real, &policy.read)
        || is_below(&real, &policy.write)
        || policy.write_files.contains(&real)
        || is_below(&real, &system);
    let writable = is_below(&real, &policy.write) || policy.write_files.contains(&real);
    if !readable && may(&real, false) {
        Some(Refusal::Read(path.to_owned()))
    } else if !writable && may(&real, true) {
        Some(Refusal::Write(path.to_owned()))
    } else {
        None
    }
}

/// `FILE:12:3` is a place in a file, where there is none of that whole name.
fn without_position(path: &Path) -> &Path {
    let Some(text) = path.to_str().filter(|_| !path.exists()) else {
        return path;
    };
    let digits = |c: char| c.is_ascii_digit() || c == ':';
    Path::new(text.trim_end_matches(digits))
}

fn is_below(path: &Path, allowed: &[PathBuf]) -> bool {
    allowed.iter().any(|allowed| {
        path.starts_with(allowed)
            || std::fs::canonicalize(allowed).is_ok_and(|real| path.starts_with(real))
    })
}

/// Whether this user may read, or write, what is there.
#[cfg(unix)]
fn may(path: &Path, write: bool) -> bool {
    use rustix::fs::{Access, access};
    let wanted = if write {
        Access::WRITE_OK
    } else {
        Access::READ_OK
    };
    access(path, wanted).is_ok()
}

#[cfg(not(unix))]
fn may(_: &Path, _: bool) -> bool {
    false
}

/// The absolute paths in a line, as programs print them: in quotes, or up to
/// the next space.
fn paths(line: &str) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        let begins = c == '/' && (before.is_whitespace() || "'\"`‘“([{=:,".contains(before));
        if begins {
            let rest = &line[at..];
            let end = match before {
                '\'' | '"' | '`' => rest.find(before),
                '‘' => rest.find('’'),
                '“' => rest.find('”'),
                _ => rest.find(|c: char| c.is_whitespace() || "'\"`)]},;".contains(c)),
            };
            let text = &rest[..end.unwrap_or(rest.len())];
            let text = text.trim_end_matches([':', '.', ',']);
            if text.len() > 1 && text.len() < 4096 {
                found.insert(PathBuf::from(text));
            }
        }
        before = c;
    }
    found.into_iter().collect()
}

/// What the user is told of it.
pub(crate) fn diagnostic(refusal: &Refusal) -> Diagnostic {
    let (message, help) = match refusal {
        Refusal::Read(path) => (
            format!(
                "the sandbox did not let the build read `{}`",
                path.display()
            ),
            "a build reads the project, its tools and what its plugin declares: bring the file into the project",
        ),
        Refusal::Write(path) => (
            format!(
                "the sandbox did not let the build write `{}`",
                path.display()
            ),
            "a build writes where its results and its cache are, and never into the source: let it write below the directory it is given for that",
        ),
        Refusal::Network => (
            "the sandbox did not let the build use the network".to_owned(),
            "dependencies are fetched before; whatever else the build gets from elsewhere, bring it into the project",
        ),
    };
    Diagnostic {
        severity: Severity::Error,
        code: Some("run::sandbox::refused".to_owned()),
        message,
        labels: Vec::new(),
        help: Some(help.to_owned()),
        url: None,
    }
}

#[cfg(all(test, unix))]
mod tests;
