//! Whether a packaged directory holds what was put into it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path};

use run_files::Digest;
use serde::Deserialize;

use crate::error::DeployError;
use crate::package::INDEX;

/// What of `deploy.json` is looked at.
#[derive(Deserialize)]
struct Index {
    version: u32,
    files: BTreeMap<String, String>,
}

/// Compares what `package` has written to `dir` with the digests in its
/// `deploy.json`, and says whether there is one.
///
/// What may be adapted to the machine, the unit and the Containerfile, is left
/// alone: what is compared is what will run, components and `run.toml`. It is no
/// protection from someone who may write there, who can write `deploy.json` as
/// well; it finds what was cut short, mixed up or edited on the way.
///
/// # Errors
/// A file is missing, cannot be read or is not the one that was packaged, or
/// `deploy.json` is none that this release knows.
pub fn intact(dir: &Path) -> Result<bool, DeployError> {
    let path = dir.join(INDEX);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => {
            return Err(DeployError::io(
                format!("cannot read `{}`", path.display()),
                error,
            ));
        }
    };
    let unreadable = |why: String| DeployError::Index {
        path: path.display().to_string(),
        why,
    };
    let index: Index =
        serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    if index.version != 1 {
        let why = format!("its version is {}, and this `run` knows 1", index.version);
        return Err(unreadable(why));
    }
    for (name, packaged) in &index.files {
        let mut parts = Path::new(name).components();
        let within = matches!(
            (parts.next(), parts.next()),
            (Some(Component::Normal(_)), None)
        );
        if !within {
            return Err(unreadable(format!("`{name}` is no name of a file in it")));
        }
        if name != "run.toml" && !name.ends_with(".wasm") {
            continue;
        }
        let packaged: Digest = packaged
            .parse()
            .map_err(|error| unreadable(format!("`{name}`: {error}")))?;
        let file = dir.join(name);
        let found = Digest::of_file(&file)
            .map_err(|error| DeployError::io(format!("cannot read `{}`", file.display()), error))?;
        if found != packaged {
            return Err(DeployError::Changed {
                path: file.display().to_string(),
                packaged,
                found,
            });
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(files: &str) -> String {
        format!(r#"{{"version": 1, "run": "0", "components": [], "files": {{{files}}}}}"#)
    }

    #[test]
    fn what_was_packaged_is_told_from_what_was_changed() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        assert!(!intact(dir.path()).unwrap());

        let entry = |name: &str, text: &str| {
            let digest = Digest::of(text.as_bytes());
            format!(r#""{name}": "{digest}""#)
        };
        let files = [
            entry("api.wasm", "code"),
            entry("run.toml", "x"),
            entry("api.service", "unit"),
        ];
        write("deploy.json", &index(&files.join(",")));
        write("api.wasm", "code");
        write("run.toml", "x");
        assert!(intact(dir.path()).unwrap(), "the unit is for the machine");

        write("api.wasm", "cod");
        let error = intact(dir.path()).unwrap_err();
        assert!(matches!(error, DeployError::Changed { .. }), "{error}");
        fs::remove_file(dir.path().join("api.wasm")).unwrap();
        let error = intact(dir.path()).unwrap_err();
        assert!(error.to_string().contains("api.wasm"), "{error}");

        for wrong in [
            "{",
            r#"{"version": 2, "files": {}}"#,
            &index(&entry("../run.toml", "x")),
            &index(r#""run.toml": "sha1:0""#),
        ] {
            write("deploy.json", wrong);
            let error = intact(dir.path()).unwrap_err();
            assert!(
                matches!(error, DeployError::Index { .. }),
                "{wrong}: {error}"
            );
        }
    }
}
