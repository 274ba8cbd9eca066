//! Why a text is not the value it should be, and the small values of the format.

use std::fmt;
use std::time::Duration;

use run_files::nearest::nearest;

/// A text that is not what its place asks for. Displays as a sentence without
/// a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueError {
    /// What is wrong, naming the text.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl ValueError {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ValueError {}

/// `text` as a person should see it in a message: quoted, on one line, and cut
/// where it is absurdly long.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let shown: String = text
        .chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect();
    let rest = if text.chars().nth(LONGEST).is_some() {
        "…"
    } else {
        ""
    };
    // `escape_debug` is for literals; in backquotes neither quote needs a slash.
    format!(
        "`{}{rest}`",
        shown.replace("\\\"", "\"").replace("\\'", "'")
    )
}

/// The value that `text` names among `known`.
pub(crate) fn choice<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T, ValueError> {
    if let Some((_, value)) = known.iter().find(|(name, _)| *name == text) {
        return Ok(*value);
    }
    let names = || known.iter().map(|(name, _)| *name);
    Err(ValueError::new(
        format!("{} is not a choice here", quoted(text)),
        suggestion(text, names()),
    ))
}

/// "did you mean" the nearest of `known`, or all of them when none is near.
pub(crate) fn suggestion<'a>(given: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(given, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            let mut names: Vec<_> = known.map(|name| format!("`{name}`")).collect();
            names.sort();
            format!("known: {}", names.join(", "))
        }
    }
}

/// A span of time: a whole number and `ms`, `s` or `m`, more than nothing.
///
/// # Errors
/// What is wrong with `text`, and how to write it.
pub fn duration(text: &str) -> Result<Duration, ValueError> {
    let parse = || {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits);
        let milliseconds: u64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            _ => return None,
        };
        let total = number.parse::<u64>().ok()?.checked_mul(milliseconds)?;
        (total > 0).then(|| Duration::from_millis(total))
    };
    parse().ok_or_else(|| {
        ValueError::new(
            format!("{} is not a span of time", quoted(text)),
            "write a whole number and a unit: `500ms`, `5s`, `2m`",
        )
    })
}

/// A number of bytes: a whole number, alone or with `KiB`, `MiB` or `GiB`, more
/// than nothing.
///
/// # Errors
/// What is wrong with `text`, and how to write it.
pub fn size(text: &str) -> Result<u64, ValueError> {
    let parse = || {
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let bytes: u64 = match unit {
            "" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return None,
        };
        number
            .parse::<u64>()
            .ok()?
            .checked_mul(bytes)
            .filter(|total| *total > 0)
    };
    parse().ok_or_else(|| {
        ValueError::new(
            format!("{} is not a size", quoted(text)),
            "write a whole number and a unit: `64KiB`, `256MiB`, `2GiB`",
        )
    })
}

/// A text that says something: not empty, not only blanks, no control characters.
pub(crate) fn sentence(text: &str) -> Result<String, ValueError> {
    if text.trim().is_empty() {
        return Err(ValueError::new(
            "an empty text says nothing",
            "write it, or leave the key out",
        ));
    }
    if text.chars().any(|c| c.is_control()) {
        return Err(ValueError::new(
            format!("{} holds a control character", quoted(text)),
            "write it on one line of plain text",
        ));
    }
    Ok(text.to_owned())
}

/// A full semantic version (semver.org 2.0.0).
pub(crate) fn version(text: &str) -> Result<semver::Version, ValueError> {
    semver::Version::parse(text).map_err(|error| {
        ValueError::new(
            format!("{} is not a semantic version: {error}", quoted(text)),
            "write three numbers, e.g. `1.0.0`",
        )
    })
}

/// A version requirement; a bare version accepts its compatible releases.
pub(crate) fn requirement(text: &str) -> Result<semver::VersionReq, ValueError> {
    semver::VersionReq::parse(text).map_err(|error| {
        ValueError::new(
            format!("{} is not a version requirement: {error}", quoted(text)),
            "write `1.2.0` for any release compatible with it, `=1.2.0` for that one alone",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        for (text, milliseconds) in [("500ms", 500), ("5s", 5_000), ("2m", 120_000)] {
            assert_eq!(
                duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for bad in [
            "",
            "5",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "5 s",
            "5h",
            "99999999999999999999s",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert!(duration(&format!("{}m", u64::MAX)).is_err());
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [("1", 1), ("64KiB", 65_536), ("3GiB", 3 << 30)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "0", "MiB", "-1", "1.5GiB", "5 MiB", "5MB", "5mib"] {
            assert!(size(bad).is_err(), "{bad}");
        }
        assert!(size(&format!("{}GiB", u64::MAX)).is_err());
    }

    #[test]
    fn what_is_quoted_stays_on_one_line_and_short() {
        assert_eq!(quoted("a\nb"), "`a\\nb`");
        assert_eq!(quoted("say \"it's\""), "`say \"it's\"`");
        assert_eq!(quoted(&"x".repeat(500)).chars().count(), 83);
    }
}
