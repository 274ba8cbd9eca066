//! What a tool's process reads beyond its own directory, as the tool itself
//! tells: an interpreter's modules, wherever this user keeps them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::manifest::Reads;
use crate::process::confine::Policy;
use crate::process::{Spec, query};

/// More than any tool has; what is beyond is a fault.
const MOST: usize = 256;

/// Asks a program, and returns the paths that exist. A path that would open up the user's
/// home or the whole system is refused: no answer may mean that.
pub(super) fn ask(
    reads: &Reads,
    asked: PathBuf,
    directory: &Path,
    environment: BTreeMap<String, String>,
) -> Result<Vec<PathBuf>, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
