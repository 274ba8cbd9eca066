//! The entry: the file that a component's `source` means.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result, files};
use serde_json::Value;

use crate::request::SOURCE_TREE;

/// Endings of modules that can be an entry, those with types first.
pub(crate) const ENDINGS: [&str; 8] = ["ts", "mts", "tsx", "cts", "js", "mjs", "jsx", "cjs"];

/// The entry of a file, a package or a directory.
pub(crate) fn entry(source: &Path) -> Result<PathBuf> {
    if source.ends_with("package.json") {
        return of_package(source);
    }
    if source.is_file() {
        return Ok(source.to_owned());
    }
    let manifest = source.join("package.json");
    if manifest.is_file() {
        return of_package(&manifest);
    }
    candidates(source)
        .find(|path| path.is_file())
        .ok_or_else(|| {
            Error::not_found(format!(
                "`{}` has no package.json and no index of JavaScript or TypeScript",
                crate::request::shown(source)
            ))
            .with_help("name the entry itself, e.g. `source = \"src/main.js\"`")
        })
}

/// Where an entry is when nobody says so.
fn candidates(directory: &Path) -> impl Iterator<Item = PathBuf> {
    ["src/index", "src/main", "index", "main", "src/app", "app"]
        .into_iter()
        .flat_map(move |name| ENDINGS.map(|ending| directory.join(format!("{name}.{ending}"))))
}

fn of_package(manifest: &Path) -> Result<PathBuf> {
    let directory = manifest.parent().unwrap_or(Path::new(SOURCE_TREE));
    let package: Value =
        serde_json::from_str(&files::read_to_string(manifest)?).map_err(|error| {
            crate::place::report(
                manifest,
                u32::try_from(error.line()).unwrap_or(1),
                u32::try_from(error.column().max(1)).unwrap_or(1),
                &format!("this is not JSON: {error}"),
            );
            Error::invalid_input(format!("`{}` is not JSON", crate::request::shown(manifest)))
        })?;
    // What is built is a source: `main` of a package that is compiled may name
    // what is not there yet.
    let named = ["source", "module", "main"]
        .iter()
        .filter_map(|key| package.get(key)?.as_str())
        .map(|path| directory.join(path.trim_start_matches("./")))
        .find(|path| path.is_file());
    named
        .or_else(|| candidates(directory).find(|path| path.is_file()))
        .ok_or_else(|| {
            Error::not_found(format!(
                "`{}` names no entry that is there",
                crate::request::shown(manifest)
            ))
            .with_help("set its `main`, or name the entry in run.toml")
        })
}

/// Whether the file is TypeScript.
pub(crate) fn is_typescript(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ["ts", "mts", "tsx", "cts"].iter().any(|ts| ending == *ts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_as_people_expect() {
        let temp = tempfile::tempdir().unwrap();
        let path = |file: &str| temp.path().join(file);
        assert!(entry(temp.path()).is_err());
        files::write(path("index.js"), "").unwrap();
        assert_eq!(entry(temp.path()).unwrap(), path("index.js"));
        files::write(path("src/main.ts"), "").unwrap();
        assert_eq!(entry(temp.path()).unwrap(), path("src/main.ts"));
        files::write(path("package.json"), r#"{"main":"./lib/a.mjs"}"#).unwrap();
        assert_eq!(
            entry(temp.path()).unwrap(),
            path("src/main.ts"),
            "not there"
        );
        files::write(path("lib/a.mjs"), "").unwrap();
        for source in [temp.path(), &path("package.json")] {
            assert_eq!(entry(source).unwrap(), path("lib/a.mjs"));
        }
        assert_eq!(entry(&path("index.js")).unwrap(), path("index.js"));
        assert!(is_typescript(Path::new("a.mts")) && !is_typescript(Path::new("a.mjs")));
    }
}
