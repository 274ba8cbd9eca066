//! Credentials in the files of other programs: read once, never written.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use super::access::{AccessError, User};
use crate::manifest::{Credential, CredentialFile, FileFormat, Inject};

/// Nobody's credentials are larger.
const LARGEST: u64 = 1 << 20;

/// The first file that has all of it.
pub(super) fn find(
    credential: &Credential,
    user: &User<'_>,
) -> Result<Option<Vec<String>>, AccessError> {
    for file in &credential.files {
        let Some(path) = place(file, user) else {
            continue;
        };
        let Some(text) = read(&path)? else {
            continue;
        };
        let section = file
            .section_variable
            .as_ref()
            .and_then(|name| (user.variable)(name))
            .filter(|name| !name.is_empty())
            .or_else(|| file.section.clone());
        let value = |key: &str| lookup(file.format, &text, section.as_deref(), key);
        let parts: Vec<_> = file.keys.iter().map(|key| value(key)).collect();
        // The token of a session is the one part that may be absent.
        let optional = |index: usize| credential.inject == Inject::SigV4 && index == 2;
        let whole = parts
            .iter()
            .enumerate()
            .all(|(index, part)| part.is_some() || optional(index));
        if whole {
            return Ok(Some(
                parts.into_iter().map(Option::unwrap_or_default).collect(),
            ));
        }
    }
    Ok(None)
}

fn place(file: &CredentialFile, user: &User<'_>) -> Option<PathBuf> {
    let named = file
        .variable
        .as_ref()
        .and_then(|name| (user.variable)(name));
    match named.filter(|path| !path.is_empty()) {
        Some(path) => Some(PathBuf::from(path)),
        None => Some(user.home.as_ref()?.join(file.path.strip_prefix("~/")?)),
    }
}

fn read(path: &PathBuf) -> Result<Option<String>, AccessError> {
    let failed = |error: std::io::Error| AccessError::File {
        path: path.display().to_string(),
        why: error.to_string(),
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    file.take(LARGEST)
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(Some(text))
}

fn lookup(format: FileFormat, text: &str, section: Option<&str>, key: &str) -> Option<String> {
    let found = match format {
        FileFormat::Ini => ini(text, section, key),
        FileFormat::Toml => {
            let root: toml::Value = toml::from_str(text).ok()?;
            let value = key.split('.').try_fold(&root, |at, step| at.get(step))?;
            value.as_str().map(str::to_owned)
        }
        FileFormat::Json => {
            let root: serde_json::Value = serde_json::from_str(text).ok()?;
            let value = key.split('.').try_fold(&root, |at, step| at.get(step))?;
            value.as_str().map(str::to_owned)
        }
    };
    found.filter(|text| !text.is_empty())
}

/// A key of a section. A section may also be headed `[profile NAME]`.
fn ini(text: &str, section: Option<&str>, key: &str) -> Option<String> {
    let mut current: Option<&str> = None;
    for line in text.lines().map(str::trim) {
        if let Some(head) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            let head = head.trim();
            current = Some(head.strip_prefix("profile ").map_or(head, str::trim));
        } else if !line.starts_with(['#', ';'])
            && current == section
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == key
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_three_formats() {
        let text =
            "# c\n[default]\nid = A\nkey=B \n[profile work]\nid = C\n; id = D\n[other]\nkey = E\n";
        let get = |section, key| lookup(FileFormat::Ini, text, Some(section), key);
        assert_eq!(get("default", "id").as_deref(), Some("A"));
        assert_eq!(get("default", "key").as_deref(), Some("B"));
        assert_eq!(get("work", "id").as_deref(), Some("C"));
        assert_eq!(get("work", "key"), None);
        assert_eq!(get("none", "id"), None);
        let toml = "[user]\ntoken = 'T'\nn = 1";
        assert_eq!(
            lookup(FileFormat::Toml, toml, None, "user.token").as_deref(),
            Some("T")
        );
        assert_eq!(lookup(FileFormat::Toml, toml, None, "user.n"), None);
        let json = r#"{"a":{"token":"J"},"empty":""}"#;
        assert_eq!(
            lookup(FileFormat::Json, json, None, "a.token").as_deref(),
            Some("J")
        );
        assert_eq!(lookup(FileFormat::Json, json, None, "empty"), None);
        assert_eq!(lookup(FileFormat::Json, "{", None, "a"), None);
    }
}
