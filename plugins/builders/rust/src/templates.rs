//! Starters: the files of `templates/`.

use run_builder_shared::{starter, starters::Starter, wasi};

/// The default first.
pub(crate) const STARTERS: &[Starter] = &[
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
        ["run.toml", "Cargo.toml", "src/main.rs", "gitignore"]
    ),
    starter!(
        "http",
        "an HTTP handler",
        [
            "run.toml",
            "Cargo.toml",
            "src/lib.rs",
            "wit/world.wit",
            "gitignore",
        ],
        with wasi::HTTP
    ),
];

#[cfg(test)]
mod tests {
    use run_builder_shared::starters;

    #[test]
    fn starters_are_whole() {
        let temp = tempfile::tempdir().unwrap();
        for (path, text) in starters::checked(super::STARTERS, temp.path()) {
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                text.parse::<toml::Table>().unwrap();
            }
        }
    }
}
