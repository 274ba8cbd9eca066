//! Starters: the files of `templates/`.

use run_builder_shared::{starter, starters::Starter, wasi};

/// Those of a language, the default first.
pub(crate) fn of(language: &str) -> &'static [Starter] {
    match language {
        "typescript" => TYPESCRIPT,
        _ => JAVASCRIPT,
    }
}

const JAVASCRIPT: &[Starter] = &[
    starter!(
        "library" in "javascript",
        "functions with a typed interface",
        ["run.toml", "src/index.js", "wit/world.wit", "gitignore"]
    ),
    starter!(
        "command" in "javascript",
        "a program for the command line",
        ["run.toml", "src/main.js", "gitignore"]
    ),
    starter!(
        "http" in "javascript",
        "an HTTP handler",
        ["run.toml", "src/index.js", "wit/world.wit", "gitignore"],
        with wasi::HTTP
    ),
];

const TYPESCRIPT: &[Starter] = &[
    starter!(
        "library" in "typescript",
        "functions with a typed interface",
        [
            "run.toml",
            "src/index.ts",
            "tsconfig.json",
            "wit/world.wit",
            "gitignore",
        ]
    ),
    starter!(
        "command" in "typescript",
        "a program for the command line",
        [
            "run.toml",
            "src/main.ts",
            "src/environment.d.ts",
            "tsconfig.json",
            "gitignore",
        ]
    ),
    starter!(
        "http" in "typescript",
        "an HTTP handler",
        [
            "run.toml",
            "src/index.ts",
            "tsconfig.json",
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
        for language in ["javascript", "typescript"] {
            let temp = tempfile::tempdir().unwrap();
            for (path, text) in starters::checked(super::of(language), temp.path()) {
                if path
                    .extension()
                    .is_some_and(|extension| extension == "toml")
                {
                    text.parse::<toml::Table>().unwrap();
                }
            }
        }
    }
}
