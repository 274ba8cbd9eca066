//! What `PATH` has, and where a launcher that is found there says that the
//! program is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use run_files::Digest;

use super::super::environment;
use super::super::place::{on_path, same_file};
use super::super::probe::Remembered;
use super::Tools;
use crate::manifest::{Locate, Tool as Declared};
use crate::process::confine::Policy;
use crate::process::{Spec, query};

impl Tools {
    pub(super) fn path(&self, declared: &Declared) -> Result<PathBuf, String> {
        let found = on_path(&declared.program);
        let launcher = declared.locate.as_ref().and_then(|locate| {
            let path = on_path(&locate.program)?;
            // A program that is there by itself is used as it is; one that is
            // the launcher in disguise is asked for the real one.
            let disguised = found
                .as_ref()
                .is_none_or(|found| same_file(found, &path) || found.parent() == path.parent());
            disguised.then_some((locate, path))
        });
        let path = match (launcher, found) {
            (Some((locate, launcher)), found) => {
                match self.ask_launcher(&launcher, locate) {
                    Ok(Some(path)) => path,
                    Ok(None) => found.ok_or_else(|| declared.why.clone())?,
                    // Beside the launcher and yet its own program.
                    Err(_) if found.as_ref().is_some_and(|f| !same_file(f, &launcher)) => {
                        found.unwrap_or_default()
                    }
                    Err(why) => return Err(why),
                }
            }
            (None, Some(found)) => found,
            (None, None) => return Err(declared.why.clone()),
        };
        fs::canonicalize(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Where the launcher says that the program is; `None` where nothing is. An
    /// answer is remembered where the manifest says by what it would be another.
    fn ask_launcher(&self, launcher: &Path, locate: &Locate) -> Result<Option<PathBuf>, String> {
        let mut environment =
            environment::inherited(&self.manifest, false, environment::user_environment());
        for key in ["HOME", "PATH"] {
            if let Some(value) = environment::user_variable(key) {
                environment.insert(key.to_owned(), value);
            }
        }
        let remembered = self.remembered(launcher, locate, &environment);
        let program = |answer: &str| {
            let path = PathBuf::from(answer.lines().next().unwrap_or_default().trim());
            (path.is_absolute() && path.is_file()).then_some(path)
        };
        let before = remembered.as_ref().and_then(Remembered::answer);
        if let Some(path) = before.and_then(|answer| program(&answer)) {
            return Ok(Some(path));
        }
        let answer = query(&Spec {
            program: launcher.to_owned(),
            arguments: locate.arguments.clone(),
            directory: self.project.clone(),
            environment,
            // It may look anywhere and change nothing.
            policy: Policy {
                read: vec![PathBuf::from("/")],
                ..Policy::default()
            },
            name: launcher.display().to_string(),
        })
        .map_err(|error| error.to_string())?;
        let found = program(&answer);
        if let (Some(remembered), Some(_)) = (&remembered, &found) {
            remembered.keep(&answer);
        }
        Ok(found)
    }

    fn remembered(
        &self,
        launcher: &Path,
        locate: &Locate,
        environment: &BTreeMap<String, String>,
    ) -> Option<Remembered> {
        if locate.near.is_empty() {
            return None;
        }
        let expanded =
            |path: &String| environment::expand(path, &self.manifest, environment::user_variable);
        let state = locate.state.iter().filter_map(expanded);
        let near = self.project.ancestors();
        let near = near.flat_map(|dir| locate.near.iter().map(|name| dir.join(name)));
        let mut question = vec![self.project.to_str()?.to_owned()];
        question.extend(locate.arguments.iter().cloned());
        for file in state.chain(near) {
            if let Ok(digest) = Digest::of_file(&file) {
                question.push(format!("{} {digest}", file.display()));
            }
        }
        let variables = environment.iter();
        question.extend(variables.map(|(key, value)| format!("{key}={value}")));
        Some(Remembered::of(launcher, &question))
    }
}
