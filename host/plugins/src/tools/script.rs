//! Who runs a script.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// More of a script is not looked at.
const START: u64 = 4096;

/// The interpreter that a script names, as it names it: an environment of its
/// own is known by the link in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Interpreter {
    /// It is looked up on `PATH`: `#!/usr/bin/env NAME`.
    Named(String),
    /// It is at a path.
    At(PathBuf),
}

/// Reads the start of a file; what is no script has none.
pub(super) fn interpreter(script: &Path) -> Option<Interpreter> {
    let mut start = Vec::new();
    let file = File::open(script).ok()?;
    file.take(START).read_to_end(&mut start).ok()?;
    parse(&String::from_utf8_lossy(&start))
}

fn parse(start: &str) -> Option<Interpreter> {
    let mut lines = start.strip_prefix("#!")?.lines();
    let mut words = lines.next()?.split_whitespace();
    let first = PathBuf::from(words.next()?);
    let name = first.file_name()?;
    if name == "env" {
        let word = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
        return Some(Interpreter::Named(word.to_owned()));
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
        return Some(Interpreter::At(path.into()));
    }
    first.is_absolute().then_some(Interpreter::At(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_name_their_interpreter_in_three_ways() {
        let at = |path: &str| Some(Interpreter::At(path.into()));
        let named = |name: &str| Some(Interpreter::Named(name.to_owned()));
        for (start, expected) in [
            ("#!/opt/elm/bin/elm\nrest", at("/opt/elm/bin/elm")),
            ("#! /opt/elm -E\n", at("/opt/elm")),
            ("#!/bin/sh\necho", at("/bin/sh")),
            (
                "#!/bin/sh\n'''exec' \"/a b/bin/elm\" \"$0\" \"$@\"\n' '''\n",
                at("/a b/bin/elm"),
            ),
            (
                "#!/bin/sh\n'''exec' /a/bin/elm \"$0\" \"$@\"\n",
                at("/a/bin/elm"),
            ),
            ("#!/usr/bin/env elm\nx", named("elm")),
            ("#!/usr/bin/env -S elm --fast\n", named("elm")),
            ("#!/usr/bin/env -S A=b elm\n", named("elm")),
            ("#!elm\n", None),
            ("\x7fELF", None),
            ("", None),
            ("#!", None),
        ] {
            assert_eq!(parse(start), expected, "{start}");
        }
    }
}
