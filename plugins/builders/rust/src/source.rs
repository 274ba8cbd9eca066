//! What a component's `source` names: a package, or a file of its own.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result, files};

/// Entry files of a directory that has no `Cargo.toml`, in order.
const ENTRIES: [&str; 4] = ["src/lib.rs", "lib.rs", "src/main.rs", "main.rs"];

/// What is to be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The package or workspace of this `Cargo.toml`.
    Manifest(PathBuf),
    /// A source file. The `Cargo.toml` is the nearest one upwards; whether it
    /// owns the file is for cargo to say.
    File {
        file: PathBuf,
        nearest: Option<PathBuf>,
    },
}

/// Works out what `source` names; `top` bounds the search upwards.
pub(crate) fn find(source: &Path, top: &Path) -> Result<Source> {
    if source.is_dir() {
        let manifest = source.join("Cargo.toml");
        if manifest.is_file() {
            return Ok(Source::Manifest(manifest));
        }
        let entry = ENTRIES
            .iter()
            .map(|entry| source.join(entry))
            .find(|entry| entry.is_file());
        return match entry {
            Some(file) => Ok(lone(file, top)),
            None => Err(Error::not_found(format!(
                "`{}` has neither a `Cargo.toml` nor a `lib.rs` or `main.rs`",
                source.display()
            ))
            .with_help("set `source` to a package's directory or to a source file")),
        };
    }
    if !source.is_file() {
        return Err(
            Error::not_found(format!("`{}` does not exist", source.display()))
                .with_help("set `source` to a package's directory or to a source file"),
        );
    }
    if source.file_name().is_some_and(|name| name == "Cargo.toml") {
        return Ok(Source::Manifest(source.to_owned()));
    }
    if source
        .extension()
        .is_some_and(|extension| extension == "rs")
    {
        return Ok(lone(source.to_owned(), top));
    }
    Err(Error::invalid_input(format!(
        "`{}` is neither a `.rs` file nor a `Cargo.toml`",
        source.display()
    ))
    .with_help("set `source` to a package's directory or to a source file"))
}

fn lone(file: PathBuf, top: &Path) -> Source {
    let nearest = file
        .parent()
        .and_then(|directory| files::find_upwards(directory, "Cargo.toml", top))
        .map(|directory| directory.join("Cargo.toml"));
    Source::File { file, nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_every_kind() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path();
        for file in [
            "Cargo.toml",
            "app/Cargo.toml",
            "app/src/lib.rs",
            "lone/main.rs",
            "x/readme",
        ] {
            files::write(top.join(file), "").unwrap();
        }
        let manifest = |path: &str| Ok(Source::Manifest(top.join(path)));
        let file = |path: &str, nearest: &str| {
            Ok(Source::File {
                file: top.join(path),
                nearest: Some(top.join(nearest)),
            })
        };
        for (source, expected) in [
            ("app", manifest("app/Cargo.toml")),
            ("app/Cargo.toml", manifest("app/Cargo.toml")),
            ("app/src/lib.rs", file("app/src/lib.rs", "app/Cargo.toml")),
            ("app/src", file("app/src/lib.rs", "app/Cargo.toml")),
            ("lone", file("lone/main.rs", "Cargo.toml")),
            ("x", Err("neither a `Cargo.toml` nor")),
            ("x/readme", Err("neither a `.rs` file nor")),
            ("none.rs", Err("does not exist")),
        ] {
            match (find(&top.join(source), top), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{source}"),
                (Err(error), Err(part)) => assert!(error.message().contains(part), "{error}"),
                (found, expected) => panic!("{source}: {found:?}, expected {expected:?}"),
            }
        }
    }
}
