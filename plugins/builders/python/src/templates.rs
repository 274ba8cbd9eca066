//! Starters: the files of `templates/`.

use run_builder_shared::starter;
use run_builder_shared::starters::Starter;
use run_builder_shared::wasi;

/// The default first.
pub(crate) const STARTERS: &[Starter] = &[
    starter!(
        "library",
        "functions with a typed interface",
        [
            "run.toml",
            "app.py",
            "pyproject.toml",
            "wit/world.wit",
            "gitignore",
        ]
    ),
    starter!(
        "command",
        "a script for the command line",
        ["run.toml", "main.py", "gitignore"]
    ),
    starter!(
        "http",
        "a handler of HTTP requests",
        [
            "run.toml",
            "app.py",
            "pyproject.toml",
            "wit/world.wit",
            "gitignore",
        ],
        with wasi::HTTP
    ),
];

#[cfg(test)]
mod tests {
    use run_builder_shared::starters;

    use super::*;

    #[test]
    fn starters_are_whole() {
        let temp = tempfile::tempdir().unwrap();
        for (path, text) in starters::checked(STARTERS, temp.path()) {
            if path.extension().is_some_and(|ending| ending == "toml") {
                text.parse::<toml::Table>()
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            }
        }
    }
}
