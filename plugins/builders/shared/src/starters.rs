//! Starters: the files of a builder's `templates/`, with the project's name put
//! in.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result, Template, files};

/// One starter.
#[derive(Debug, Clone, Copy)]
pub struct Starter {
    /// What `--template` calls it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// Its files by path. `{{name}}` in them becomes the project's name,
    /// `{{package}}` a name that packages may have.
    pub files: &'static [(&'static str, &'static str)],
    /// More files, taken as they are: WIT that starters share.
    pub shared: &'static [(&'static str, &'static str)],
}

/// A [`Starter`](crate::starters::Starter) of `templates/<name>/`, or of
/// `templates/<directory>/<name>/` where it is said `in` which, with its files
/// listed; the file `gitignore` becomes `.gitignore`. `with` names files that it
/// has in common with others.
#[macro_export]
macro_rules! starter {
    ($name:literal $(in $dir:literal)?, $summary:literal, [$($file:literal),* $(,)?]) => {
        $crate::starter!($name $(in $dir)?, $summary, [$($file),*], with &[])
    };
    ($name:literal, $summary:literal, [$($file:literal),* $(,)?], with $shared:expr) => {
        $crate::starter!(@ $name, "", $summary, [$($file),*], $shared)
    };
    (
        $name:literal in $dir:literal, $summary:literal,
        [$($file:literal),* $(,)?], with $shared:expr
    ) => {
        $crate::starter!(@ $name, concat!($dir, "/"), $summary, [$($file),*], $shared)
    };
    (@ $name:literal, $dir:expr, $summary:literal, [$($file:literal),*], $shared:expr) => {
        $crate::starters::Starter {
            name: $name,
            summary: $summary,
            files: &[$((
                $file,
                include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/templates/", $dir, $name, "/", $file
                )),
            )),*],
            shared: $shared,
        }
    };
}

/// What [`Builder::templates`](run_plugin_api::Builder::templates) answers.
#[must_use]
pub fn templates(starters: &[Starter]) -> Vec<Template> {
    starters
        .iter()
        .map(|starter| Template::new(starter.name, starter.summary))
        .collect()
}

/// Writes a starter's files below `output`; returns their paths.
///
/// # Errors
/// There is no such starter, or a file cannot be written.
pub fn write(
    starters: &[Starter],
    template: &str,
    name: &str,
    output: &Path,
) -> Result<Vec<PathBuf>> {
    let starter = starters
        .iter()
        .find(|starter| starter.name == template)
        .ok_or_else(|| {
            let names: Vec<_> = starters.iter().map(|s| format!("`{}`", s.name)).collect();
            Error::not_found(format!("there is no template `{template}`"))
                .with_help(format!("there are {}", names.join(" and ")))
        })?;
    let package = kebab(name);
    let mut written = Vec::new();
    for (file, text) in starter.files {
        // A `.gitignore` there would hide files of the builder's repository.
        let path = output.join(if *file == "gitignore" {
            ".gitignore"
        } else {
            file
        });
        files::write(
            &path,
            text.replace("{{name}}", name)
                .replace("{{package}}", &package),
        )?;
        written.push(path);
    }
    for (file, text) in starter.shared {
        let path = output.join(file);
        files::write(&path, text)?;
        written.push(path);
    }
    Ok(written)
}

/// A name that both a package and a WIT package may have: words of lower-case
/// letters and digits, each beginning with a letter, joined by `-`.
#[must_use]
pub fn kebab(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let word = word.to_ascii_lowercase();
            if word.starts_with(|c: char| c.is_ascii_digit()) {
                format!("n{word}")
            } else {
                word
            }
        })
        .collect();
    if words.is_empty() {
        "app".to_owned()
    } else {
        words.join("-")
    }
}

/// For builders' tests: every starter is written, has a `run.toml`, and leaves
/// no placeholder; returns the text of each file.
///
/// # Panics
/// One of that is not so.
#[doc(hidden)]
#[must_use]
pub fn checked(starters: &[Starter], output: &Path) -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for starter in starters {
        let directory = output.join(starter.name);
        let written = write(starters, starter.name, "My_App", &directory)
            .unwrap_or_else(|error| panic!("{}: {error}", starter.name));
        assert!(
            written.contains(&directory.join("run.toml")),
            "{} has no run.toml",
            starter.name
        );
        for path in written {
            let text = files::read_to_string(&path).unwrap_or_default();
            assert!(!text.contains("{{"), "{}: a placeholder", path.display());
            all.push((path, text));
        }
    }
    assert!(write(starters, "none", "x", output).is_err());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_every_package() {
        for (name, expected) in [
            ("greeter", "greeter"),
            ("My_App", "my-app"),
            ("2fast-4you", "n2fast-n4you"),
            ("--", "app"),
        ] {
            assert_eq!(kebab(name), expected);
        }
    }

    #[test]
    fn a_starter_is_written_with_its_name_and_what_it_shares() {
        let temp = tempfile::tempdir().unwrap();
        let starters = [Starter {
            name: "plain",
            summary: "nothing",
            files: &[
                ("run.toml", "name = '{{name}}' # {{package}}"),
                ("gitignore", "/target"),
            ],
            shared: &[("wit/deps/x.wit", "{{kept}}")],
        }];
        let written = write(&starters, "plain", "My_App", temp.path()).unwrap();
        assert_eq!(written.len(), 3);
        let read = |file: &str| files::read_to_string(temp.path().join(file)).unwrap();
        assert_eq!(read("run.toml"), "name = 'My_App' # my-app");
        assert_eq!(read(".gitignore"), "/target");
        assert_eq!(read("wit/deps/x.wit"), "{{kept}}");
        let error = write(&starters, "other", "x", temp.path()).unwrap_err();
        assert_eq!(error.help(), Some("there are `plain`"));
    }
}
