//! Names that are safe wherever they end up: as a file name on any system, as a
//! URL segment, as an OCI tag.

use std::fmt;
use std::str::FromStr;

use crate::value::{ValueError, quoted};

/// Longest name, in bytes. A file name of ours adds an ending to it, an OCI tag
/// (at most 128, distribution-spec) a version.
const LONGEST: usize = 64;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(String);

        impl $type {
            /// The name as it was written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $type {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }
    };
}

name! {
    /// The name of a component: ASCII letters, digits, `-` and `_`, starting
    /// with a letter or digit, at most 64, and no device name of Windows.
    ComponentName, file_name
}

name! {
    /// The name of a project, of the same form as a component's.
    ProjectName, file_name
}

name! {
    /// The name of a `[deploy.NAME]` profile, of the same form as a component's.
    ProfileName, file_name
}

name! {
    /// The name a project gives a plugin: lower-case kebab, at most 64.
    PluginName, kebab
}

name! {
    /// The name of a package, `namespace:name`, each lower-case kebab and at
    /// most 64.
    PackageName, package
}

impl PackageName {
    /// What stands before the colon.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.0
            .split_once(':')
            .map_or("", |(namespace, _)| namespace)
    }

    /// What stands behind the colon.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, name)| name)
    }

    /// The package that ships with the host under a plugin's bare name.
    #[must_use]
    pub fn bundled(name: &PluginName) -> Self {
        Self(format!("run:{name}"))
    }
}

fn file_name(text: &str) -> Result<(), ValueError> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    let bytes = text.as_bytes();
    let starts_well = bytes.first().is_some_and(u8::is_ascii_alphanumeric);
    if !starts_well || !bytes.iter().all(|&c| plain(c)) || bytes.len() > LONGEST {
        return Err(ValueError::new(
            format!("{} cannot be a name", quoted(text)),
            "a name has ASCII letters, digits, `-` and `_`, starts with a letter or digit, \
             and is at most 64 long",
        ));
    }
    if is_device(text) {
        return Err(ValueError::new(
            format!(
                "{} cannot be a name: no file can be called so on Windows",
                quoted(text)
            ),
            "choose another name",
        ));
    }
    Ok(())
}

/// Names that Windows keeps for devices, whatever the ending (Win32, "Naming
/// Files, Paths, and Namespaces").
fn is_device(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "con" | "prn" | "aux" | "nul" => true,
        _ => {
            let number = lower
                .strip_prefix("com")
                .or_else(|| lower.strip_prefix("lpt"));
            number.is_some_and(|n| n.len() == 1 && n.bytes().all(|c| c.is_ascii_digit()))
        }
    }
}

/// Words of lower-case letters and digits joined by single `-`; the first
/// starts with a letter. The labels of WIT, but for capitals.
fn is_kebab(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.split('-').all(word)
}

fn kebab(text: &str) -> Result<(), ValueError> {
    if is_kebab(text) {
        return Ok(());
    }
    Err(ValueError::new(
        format!("{} cannot be the name of a plugin", quoted(text)),
        "it has lower-case words joined by `-`, e.g. `my-plugin`, at most 64 letters",
    ))
}

fn package(text: &str) -> Result<(), ValueError> {
    match text.split_once(':') {
        Some((namespace, name)) if is_kebab(namespace) && is_kebab(name) => Ok(()),
        _ => Err(ValueError::new(
            format!("{} is not the name of a package", quoted(text)),
            "a package is `namespace:name`, each of lower-case words joined by `-`",
        )),
    }
}

impl ProjectName {
    /// See [`crate::manifest::Metadata`]: a name that is never seen.
    pub(crate) fn unnamed() -> Self {
        Self("unnamed".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn component_names_are_file_names_everywhere() {
        for good in [
            "a",
            "API",
            "my-app_2",
            "0day",
            &"x".repeat(64),
            "com10",
            "console",
        ] {
            assert!(good.parse::<ComponentName>().is_ok(), "{good}");
        }
        let bad = [
            "",
            "-a",
            "_a",
            ".",
            "..",
            "a.b",
            "a/b",
            "/a",
            "a\\b",
            "a b",
            "é",
            "a\0",
            "a:b",
            "CON",
            "com1",
            "Lpt9",
            &"x".repeat(65),
        ];
        for bad in bad {
            assert!(bad.parse::<ComponentName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn package_names_have_two_kebab_halves() {
        let name: PackageName = "test:mock-http2".parse().unwrap();
        assert_eq!((name.namespace(), name.name()), ("test", "mock-http2"));
        let bad = [
            "",
            "a",
            ":",
            "a:",
            ":b",
            "a:b:c",
            "A:b",
            "a:b_c",
            "a:b-",
            "a:-b",
            "a:b--c",
            "1a:b",
            "a:b/c",
            "a:../b",
            "a:b@1.0.0",
        ];
        for bad in bad {
            assert!(bad.parse::<PackageName>().is_err(), "{bad}");
        }
    }
}
