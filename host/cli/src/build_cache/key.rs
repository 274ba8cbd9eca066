//! Keys that builds are signed with, in files.

use std::path::Path;

use run_build::{PublicKey, SecretKey};

use super::variable;
use crate::failure::{CommandError, Failure};

/// The key of `RUN_BUILD_CACHE_SIGNING_KEY`, as text or the path of a file.
pub(super) fn signing() -> Result<Option<SecretKey>, Failure> {
    const NAME: &str = "RUN_BUILD_CACHE_SIGNING_KEY";
    match variable(NAME) {
        None => Ok(None),
        Some(text) if text.contains("-----") => parse(NAME, &text).map(Some),
        Some(path) => read(Path::new(&path)).map(Some),
    }
}

/// Reads a key from a file that is for its owner alone.
pub(crate) fn read(path: &Path) -> Result<SecretKey, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| CommandError::io(format!("cannot read the key `{name}`"), &error))?;
    if !run_files::private::is_secret(path) {
        return Err(CommandError::new(
            format!("others than you can read the key `{name}`, or it is theirs"),
            format!("make a new one; a key that is still secret only needs `chmod 600 {name}`"),
        )
        .into());
    }
    parse(&name, &text)
}

/// Makes a key in a file that is not there yet.
pub(crate) fn create(path: &Path) -> Result<PublicKey, Failure> {
    let (key, text) =
        SecretKey::generate().map_err(|error| CommandError::new(error.to_string(), "try again"))?;
    let made = run_files::atomic::write_new(path, text.as_bytes())
        .map_err(|error| CommandError::io(format!("cannot write `{}`", path.display()), &error))?;
    match made {
        true => Ok(key.public()),
        false => Err(CommandError::new(
            format!("`{}` is there already", path.display()),
            "choose another name: a key that is lost cannot be had back",
        )
        .into()),
    }
}

fn parse(name: &str, text: &str) -> Result<SecretKey, Failure> {
    SecretKey::parse(text).map_err(|error| {
        CommandError::new(
            format!("{name}: {error}"),
            "`run v2 cache key new FILE` makes one",
        )
        .into()
    })
}
