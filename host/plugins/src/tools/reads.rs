//! What a tool's process reads beyond its own directory, as the tool itself
//! tells: an interpreter's modules, wherever this user keeps them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::place::on_path;
use crate::manifest::Reads;
use crate::process::confine::Policy;
use crate::process::{Spec, query};

/// More than any tool has; what is beyond is a fault.
const MOST: usize = 256;

/// Asks, and returns the paths that exist. A path that would open up the user's
/// home or the whole system is refused: no answer may mean that.
pub(super) fn ask(
    reads: &Reads,
    program: &Path,
    directory: &Path,
    environment: BTreeMap<String, String>,
) -> Result<Vec<PathBuf>, String> {
    let asked = if reads.interpreter {
        interpreter(program).ok_or("it is no script that names an interpreter")?
    } else {
        program.to_owned()
    };
    let name = asked.display().to_string();
    let answer = query(&Spec {
        program: asked,
        arguments: reads.arguments.clone(),
        directory: directory.to_owned(),
        environment,
        // It may look anywhere and change nothing.
        policy: Policy {
            read: vec![PathBuf::from("/")],
            write: vec![directory.to_owned()],
            ..Policy::default()
        },
        name: name.clone(),
    })
    .map_err(|error| format!("`{name}` does not run ({error})"))?;
    accept(&answer, run_files::dirs::home().as_deref())
        .map_err(|path| format!("`{name}` asks to read `{path}`, which is more than a tool may"))
}

/// The existing paths of an answer, or the one that reaches too far.
fn accept(answer: &str, home: Option<&Path>) -> Result<Vec<PathBuf>, String> {
    let mut accepted = Vec::new();
    for line in answer.lines().take(MOST) {
        let named = Path::new(line);
        if !named.is_absolute() {
            continue;
        }
        let Ok(path) = fs::canonicalize(named) else {
            continue;
        };
        if path.parent().is_none() || home.is_some_and(|home| home.starts_with(&path)) {
            return Err(line.to_owned());
        }
        if !accepted.contains(&path) {
            accepted.push(path);
        }
    }
    Ok(accepted)
}

/// The interpreter that a script names, as it names it: an environment of its
/// own is known by the link in it.
pub(super) fn interpreter(script: &Path) -> Option<PathBuf> {
    let mut start = Vec::new();
    File::open(script)
        .ok()?
        .take(4096)
        .read_to_end(&mut start)
        .ok()?;
    parse(&String::from_utf8_lossy(&start))
}

fn parse(start: &str) -> Option<PathBuf> {
    let mut lines = start.strip_prefix("#!")?.lines();
    let mut words = lines.next()?.split_whitespace();
    let first = PathBuf::from(words.next()?);
    let name = first.file_name()?;
    if name == "env" {
        let word = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
        return on_path(word);
    }
    // A path that is too long for the first line, or has a space in it, is run
    // by a line that a shell understands and the interpreter takes for text.
    if name == "sh"
        && let Some(rest) = lines.next().and_then(|line| line.strip_prefix("'''exec' "))
    {
        let path = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next()?,
            None => rest.split_whitespace().next()?,
        };
        return Some(path.into());
    }
    first.is_absolute().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_name_their_interpreter_in_three_ways() {
        for (start, expected) in [
            ("#!/opt/elm/bin/elm\nrest", Some("/opt/elm/bin/elm")),
            ("#! /opt/elm -E\n", Some("/opt/elm")),
            ("#!/bin/sh\necho", Some("/bin/sh")),
            (
                "#!/bin/sh\n'''exec' \"/a b/bin/elm\" \"$0\" \"$@\"\n' '''\n",
                Some("/a b/bin/elm"),
            ),
            (
                "#!/bin/sh\n'''exec' /a/bin/elm \"$0\" \"$@\"\n",
                Some("/a/bin/elm"),
            ),
            ("#!elm\n", None),
            ("\x7fELF", None),
            ("", None),
        ] {
            assert_eq!(parse(start), expected.map(PathBuf::from), "{start}");
        }
        assert!(parse("#!/usr/bin/env -S sh -e\n").is_some());
        assert_eq!(parse("#!/usr/bin/env no-such-program-here\n"), None);
    }

    #[test]
    fn an_answer_cannot_open_up_the_home_directory() {
        let temp = tempfile::tempdir().unwrap();
        let home = fs::canonicalize(temp.path()).unwrap().join("home");
        let modules = home.join("lib/modules");
        fs::create_dir_all(&modules).unwrap();
        let at = |path: &Path| path.display().to_string();
        let answer = format!("\nrelative\n{}\n{0}\n/no/such\n", at(&modules));
        assert_eq!(accept(&answer, Some(&home)).unwrap(), [modules]);
        for wide in [&home, &home.join("lib/.."), Path::new("/")] {
            assert!(accept(&at(wide), Some(&home)).is_err(), "{wide:?}");
        }
        let above = home.parent().unwrap();
        assert!(accept(&at(above), Some(&home)).is_err());
    }
}
