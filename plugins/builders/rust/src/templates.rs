//! Starters: the files of `templates/`, with the project's name put in.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result, Template, files};

/// One starter: its name, what it is, and its files by path.
struct Starter {
    name: &'static str,
    summary: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! starter {
    ($name:literal, $summary:literal, [$($file:literal),* $(,)?]) => {
        Starter {
            name: $name,
            summary: $summary,
            files: &[$(($file, include_str!(concat!("../templates/", $name, "/", $file)))),*],
        }
    };
}

/// The default first.
const STARTERS: &[Starter] = &[
    starter!(
        "library",
        "functions with a typed interface",
        [
            "run.toml",
            "Cargo.toml",
            "src/lib.rs",
            "wit/world.wit",
            "gitignore",
        ]
    ),
    starter!(
        "command",
        "a program for the command line",
        ["run.toml", "Cargo.toml", "src/main.rs", "gitignore",]
    ),
];

pub(crate) fn all() -> Vec<Template> {
    STARTERS
        .iter()
        .map(|starter| Template::new(starter.name, starter.summary))
        .collect()
}

/// Writes a starter's files below `output`; returns their paths.
pub(crate) fn write(template: &str, name: &str, output: &Path) -> Result<Vec<PathBuf>> {
    let starter = STARTERS
        .iter()
        .find(|starter| starter.name == template)
        .ok_or_else(|| {
            let names: Vec<_> = STARTERS.iter().map(|s| format!("`{}`", s.name)).collect();
            Error::not_found(format!("there is no template `{template}`"))
                .with_help(format!("there are {}", names.join(" and ")))
        })?;
    let kebab = kebab(name);
    let mut written = Vec::new();
    for (file, text) in starter.files {
        // A `.gitignore` here would hide files of this repository.
        let path = output.join(if *file == "gitignore" {
            ".gitignore"
        } else {
            file
        });
        files::write(
            &path,
            text.replace("{{name}}", name)
                .replace("{{package}}", &kebab),
        )?;
        written.push(path);
    }
    Ok(written)
}

/// A name that both a package and a WIT package may have: words of lower-case
/// letters and digits, each beginning with a letter, joined by `-`.
fn kebab(name: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_both_packages() {
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
    fn starters_are_whole() {
        for starter in STARTERS {
            let temp = tempfile::tempdir().unwrap();
            let written = write(starter.name, "My_App", temp.path()).unwrap();
            assert!(written.contains(&temp.path().join("run.toml")));
            for path in written {
                let text = files::read_to_string(&path).unwrap();
                assert!(!text.contains("{{"), "{}", path.display());
                if path
                    .extension()
                    .is_some_and(|extension| extension == "toml")
                {
                    text.parse::<toml::Table>().unwrap();
                }
            }
        }
        assert!(write("none", "x", Path::new("/nonexistent")).is_err());
    }
}
