//! What the kernel refused a child, by name.
//!
//! The kernel says no to the program, and the program says whatever it says. So
//! what it prints is searched for words of refusal with a path beside them, and
//! the path is then looked at: it was the sandbox where this user could have
//! done it and the child's policy does not allow it. What the words are about
//! is never believed without that.

use std::collections::BTreeSet;
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

/// How programs spell the errors of a refused file.
const REFUSED: &[&str] = &[
    "ermission denied",
    "peration not permitted",
    "EACCES",
    "EPERM",
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

/// Longer lines are no message, and more paths than these no sentence.
const LONGEST: usize = 8 << 10;
pub(crate) const MOST: usize = 16;

/// What one line of a child's output shows to have been refused.
pub(crate) fn judge(line: &str, policy: &Policy) -> Vec<Refusal> {
    if line.len() > LONGEST {
        return Vec::new();
    }
    let has = |words: &[&str]| words.iter().any(|word| line.contains(word));
    let mut found = Vec::new();
    if !policy.network && has(OFFLINE) {
        found.push(Refusal::Network);
    }
    if has(REFUSED) {
        found.extend(
            paths(line)
                .into_iter()
                .take(MOST)
                .filter_map(|path| refused(&path, policy)),
        );
    }
    found
}

/// Whether the policy refuses a path that this user could use.
fn refused(path: &Path, policy: &Policy) -> Option<Refusal> {
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
mod tests {
    use super::*;

    #[test]
    fn paths_as_programs_print_them() {
        for (line, expected) in [
            ("open /a/b: permission denied", &["/a/b"][..]),
            ("[Errno 13] Permission denied: '/a b/c'", &["/a b/c"]),
            ("EACCES: permission denied, open '/a/b.txt'", &["/a/b.txt"]),
            ("cannot open ‘/a/b’ for reading", &["/a/b"]),
            ("x/y and / and src/z", &[]),
            ("(/a, /b)", &["/a", "/b"]),
        ] {
            let expected: Vec<_> = expected.iter().map(PathBuf::from).collect();
            assert_eq!(paths(line), expected, "{line}");
        }
    }

    #[test]
    fn only_what_the_policy_refuses_is_blamed_on_it() {
        let scratch = tempfile::tempdir().unwrap();
        let root = std::fs::canonicalize(scratch.path()).unwrap();
        let at = |name: &str| root.join(name);
        for name in ["src", "out", "home"] {
            std::fs::create_dir(at(name)).unwrap();
            std::fs::write(at(name).join("file"), "x").unwrap();
        }
        let policy = Policy {
            read: vec![at("src")],
            write: vec![at("out")],
            ..Policy::default()
        };
        let judged = |path: &str| {
            let line = format!("cannot open {}: Permission denied", at(path).display());
            judge(&line, &policy)
        };
        assert_eq!(judged("home/file"), [Refusal::Read(at("home/file"))]);
        assert_eq!(judged("home/new"), [Refusal::Write(at("home/new"))]);
        assert_eq!(judged("src/file"), [Refusal::Write(at("src/file"))]);
        assert_eq!(judged("src/new"), [Refusal::Write(at("src/new"))]);
        assert_eq!(judged("out/file"), []);
        assert_eq!(judged("out/new"), []);
        assert_eq!(judged("nowhere/at/all"), []);
        let line = format!("wrote {}", at("home/file").display());
        assert_eq!(judge(&line, &policy), []);
    }

    #[test]
    fn the_network_is_refused_only_where_there_is_none() {
        let online = Policy {
            network: true,
            ..Policy::default()
        };
        let line = "OSError: [Errno 100] Network is down";
        assert_eq!(judge(line, &Policy::default()), [Refusal::Network]);
        assert_eq!(judge(line, &online), []);
    }
}
