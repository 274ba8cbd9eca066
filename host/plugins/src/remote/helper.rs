//! Credentials that a program of the user's prints: one that asks a keyring, or
//! one that keeps a single sign-on session.
//!
//! Which program is asked is said in the user's own file, never by a plugin or a
//! project, and it is run without a shell.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::access::AccessError;
use crate::manifest::Credential;

/// Nobody's credentials are larger.
const LARGEST: u64 = 1 << 16;

/// The user's `credentials.toml`: programs by provider and credential.
#[derive(Debug, Clone, Default)]
pub struct Helpers {
    path: PathBuf,
    programs: BTreeMap<String, BTreeMap<String, Helper>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Helper {
    /// The program and its arguments.
    command: Vec<String>,
}

impl Helpers {
    /// Reads the file; where there is none, no program is asked.
    ///
    /// # Errors
    /// It cannot be read, others may write it, or it says something else.
    pub fn read(path: &Path) -> Result<Self, AccessError> {
        let failed = |why: String| AccessError::Helpers {
            path: path.display().to_string(),
            why,
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(failed(error.to_string())),
        };
        if !run_files::private::is_file(path) {
            return Err(failed(
                "it names programs that are run, and others may write it: `chmod go-w` it"
                    .to_owned(),
            ));
        }
        let programs: BTreeMap<String, BTreeMap<String, Helper>> =
            toml::from_str(&text).map_err(|error| failed(error.to_string()))?;
        for (provider, credentials) in &programs {
            for (name, helper) in credentials {
                if helper.command.first().is_none_or(String::is_empty) {
                    return Err(failed(format!("`{provider}.{name}` names no program")));
                }
            }
        }
        Ok(Self {
            path: path.to_owned(),
            programs,
        })
    }

    /// What the program prints that is named for this credential of one of these
    /// providers: a text, or for a credential of several parts JSON with the keys
    /// that the manifest says.
    pub(super) fn ask(
        &self,
        providers: &[&str],
        credential: &Credential,
    ) -> Result<Option<Vec<String>>, AccessError> {
        let mut named = providers.iter().filter_map(|name| self.programs.get(*name));
        let Some(helper) = named.find_map(|of| of.get(&credential.name)) else {
            return Ok(None);
        };
        let failed = |why: String| AccessError::Helper {
            name: credential.name.clone(),
            program: helper.command[0].clone(),
            path: self.path.display().to_string(),
            why,
        };
        let printed = printed(&helper.command).map_err(failed)?;
        let parts = if credential.inject.parts() == 1 {
            Some(vec![printed.trim().to_owned()]).filter(|parts| !parts[0].is_empty())
        } else {
            keyed(&printed, &credential.printed)
        };
        match parts {
            Some(parts) => Ok(Some(parts)),
            // What it printed may be a secret all the same.
            None if credential.inject.parts() == 1 => Err(failed("it printed nothing".to_owned())),
            None => Err(failed(match credential.printed.as_slice() {
                [] => "the plugin takes nothing that a program prints".to_owned(),
                keys => format!("it did not print JSON with {}", keys[..2].join(" and ")),
            })),
        }
    }
}

/// All but the last, the token of a session, have to be there.
fn keyed(printed: &str, keys: &[String]) -> Option<Vec<String>> {
    let root: serde_json::Value = serde_json::from_str(printed).ok()?;
    let last = keys.len().checked_sub(1)?;
    keys.iter()
        .enumerate()
        .map(|(index, key)| {
            let text = root.get(key).and_then(|value| value.as_str());
            text.filter(|text| !text.is_empty())
                .or((index == last).then_some(""))
                .map(str::to_owned)
        })
        .collect()
}

/// Its messages, and a question it may have, are for the user's terminal.
fn printed(command: &[String]) -> Result<String, String> {
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut text = String::new();
    let read = child
        .stdout
        .take()
        .map_or(Ok(0), |out| out.take(LARGEST).read_to_string(&mut text));
    let status = child.wait().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("it ended with {status}"));
    }
    read.map_err(|error| error.to_string())?;
    Ok(text)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn credential(more: &str) -> Credential {
        let text = format!("name = 'key'\nhosts = []\nwhy = ''\n{more}");
        toml::from_str(&text).unwrap()
    }

    fn helpers(text: &str) -> Result<Helpers, AccessError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials.toml");
        std::fs::write(&path, text).unwrap();
        Helpers::read(&path)
    }

    #[test]
    fn a_program_prints_one_text_or_json() {
        let text = "[acme]\nkey.command = ['sh', '-c', 'echo \" token \"']\n\
                    [other]\nkey.command = ['sh', '-c', '''echo '{\"Id\":\"A\",\"Key\":\"B\",\"n\":1}' ''']\n";
        let helpers = helpers(text).unwrap();
        let one = credential("inject = 'bearer'\nenvironment = ['T']");
        assert_eq!(
            helpers.ask(&["acme"], &one).unwrap(),
            Some(vec!["token".to_owned()])
        );
        assert_eq!(helpers.ask(&["none"], &one).unwrap(), None);
        let keys = "inject = 'sigv4'\nenvironment = ['A', 'B', 'C']\n";
        let three = credential(&format!("{keys}printed = ['Id', 'Key', 'Token']"));
        assert_eq!(
            helpers.ask(&["other"], &three).unwrap(),
            Some(["A", "B", ""].map(str::to_owned).to_vec())
        );
        let error = helpers.ask(&["acme"], &three).unwrap_err().to_string();
        assert!(error.contains("JSON with Id and Key"), "{error}");
        assert!(!error.contains("token"), "{error}");
        let error = helpers.ask(&["other"], &credential(keys)).unwrap_err();
        assert!(error.to_string().contains("takes nothing"), "{error}");
    }

    #[test]
    fn what_fails_is_said_and_wrong_files_are_refused() {
        let one = credential("inject = 'bearer'\nenvironment = ['T']");
        for (command, why) in [
            ("['/nowhere/at-all']", "No such file"),
            ("['sh', '-c', 'exit 3']", "exit status: 3"),
            ("['true']", "printed nothing"),
        ] {
            let helpers = helpers(&format!("[acme.key]\ncommand = {command}")).unwrap();
            let error = helpers.ask(&["acme"], &one).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        for wrong in [
            "[acme.key]\ncommand = []",
            "[acme.key]\ncomand = ['x']",
            "=",
        ] {
            assert!(helpers(wrong).is_err(), "{wrong}");
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials.toml");
        assert!(Helpers::read(&path).unwrap().programs.is_empty());
        std::fs::write(&path, "").unwrap();
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
        assert!(Helpers::read(&path).is_err());
    }
}
