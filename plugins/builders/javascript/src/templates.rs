//! Starters: the files of `templates/`, with the project's name put in.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result, Template, files};

/// One starter: its name, what it is, and its files by path.
struct Starter {
    language: &'static str,
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! starter {
    ($language:literal, $name:literal, [$($file:literal),* $(,)?]) => {
        Starter {
            language: $language,
            name: $name,
            files: &[$((
                $file,
                include_str!(concat!("../templates/", $language, "/", $name, "/", $file)),
            )),*],
        }
    };
}

/// What there is for each language, the default first.
const SUMMARIES: &[(&str, &str)] = &[
    ("library", "functions with a typed interface"),
    ("command", "a program for the command line"),
];

const STARTERS: &[Starter] = &[
    starter!(
        "javascript",
        "library",
        ["run.toml", "src/index.js", "wit/world.wit", "gitignore"]
    ),
    starter!(
        "javascript",
        "command",
        ["run.toml", "src/main.js", "gitignore"]
    ),
    starter!(
        "typescript",
        "library",
        [
            "run.toml",
            "src/index.ts",
            "tsconfig.json",
            "wit/world.wit",
            "gitignore"
        ]
    ),
    starter!(
        "typescript",
        "command",
        [
            "run.toml",
            "src/main.ts",
            "src/environment.d.ts",
            "tsconfig.json",
            "gitignore"
        ]
    ),
];

pub(crate) fn all() -> Vec<Template> {
    SUMMARIES
        .iter()
        .map(|(name, summary)| Template::new(*name, *summary))
        .collect()
}

/// Writes a starter's files below `output`; returns their paths.
pub(crate) fn write(
    language: &str,
    template: &str,
    name: &str,
    output: &Path,
) -> Result<Vec<PathBuf>> {
    let starter = STARTERS
        .iter()
        .find(|starter| (starter.language, starter.name) == (language, template))
        .ok_or_else(|| {
            let names: Vec<_> = SUMMARIES
                .iter()
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            Error::not_found(format!("there is no template `{template}` for {language}"))
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

/// A name that a WIT package may have: words of lower-case letters and digits,
/// each beginning with a letter, joined by `-`.
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
    fn starters_are_whole() {
        for starter in STARTERS {
            let temp = tempfile::tempdir().unwrap();
            let written = write(starter.language, starter.name, "My_App", temp.path()).unwrap();
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
        assert!(write("javascript", "none", "x", Path::new("/nonexistent")).is_err());
    }
}
