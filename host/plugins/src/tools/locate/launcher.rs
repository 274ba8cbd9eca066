//! What `PATH` has, and where a launcher that is found there says that the
//! program is.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::environment;
use super::super::place::{on_path, same_file};
use super::Tools;
use crate::manifest::Tool as Declared;
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
                match self.ask_launcher(&launcher, &locate.arguments) {
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

    /// Where the launcher says that the program is; `None` where nothing is.
    fn ask_launcher(
        &self,
        launcher: &Path,
        arguments: &[String],
    ) -> Result<Option<PathBuf>, String> {
        let mut environment =
            environment::inherited(&self.manifest, false, environment::user_environment());
        for key in ["HOME", "PATH"] {
            if let Some(value) = environment::user_variable(key) {
                environment.insert(key.to_owned(), value);
            }
        }
        let answer = query(&Spec {
            program: launcher.to_owned(),
            arguments: arguments.to_vec(),
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
        let path = PathBuf::from(answer.lines().next().unwrap_or_default().trim());
        Ok((path.is_absolute() && path.is_file()).then_some(path))
    }
}
