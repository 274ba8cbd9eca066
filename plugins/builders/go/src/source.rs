//! What a component's `source` names: a package of a module, or files of none.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result, files};

use crate::go_file::GoFile;

/// What is to be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The directory of the package.
    pub(crate) directory: PathBuf,
    /// The directory of the module's `go.mod`, where there is one.
    pub(crate) module: Option<PathBuf>,
    /// The one file that is meant, where it belongs to no module.
    pub(crate) file: Option<PathBuf>,
}

/// Works out what `source` names; `top` bounds the search for `go.mod`.
pub(crate) fn find(source: &Path, top: &Path) -> Result<Source> {
    const HELP: &str = "set `source` to a package's directory, a `go.mod` or a `.go` file";
    let is_file = source.is_file();
    if !is_file && !source.is_dir() {
        return Err(
            Error::not_found(format!("`{}` does not exist", source.display())).with_help(HELP),
        );
    }
    let is_go = source.extension().is_some_and(|ending| ending == "go");
    if is_file && !is_go && source.file_name().is_none_or(|name| name != "go.mod") {
        return Err(Error::invalid_input(format!(
            "`{}` is neither a `.go` file nor a `go.mod`",
            source.display()
        ))
        .with_help(HELP));
    }
    let named = match is_file {
        true => source.parent().unwrap_or(top),
        false => source,
    };
    let module = files::find_upwards(named, "go.mod", top);
    // The directory of an export belongs to the package above it.
    let exports = named
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("export_"));
    let directory = match named.parent() {
        Some(above) if exports && module.as_ref().is_some_and(|m| above.starts_with(m)) => above,
        _ => named,
    };
    let found = Source {
        directory: directory.to_owned(),
        file: (is_go && module.is_none()).then(|| source.to_owned()),
        module,
    };
    if found.module.is_none() && found.files().is_empty() {
        return Err(Error::not_found(format!(
            "`{}` has neither a `go.mod` nor a `.go` file",
            source.display()
        ))
        .with_help(HELP));
    }
    Ok(found)
}

impl Source {
    /// The package's source files, in order.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        match &self.file {
            Some(file) => vec![file.clone()],
            None => go_files(&self.directory),
        }
    }

    /// The package's name; none where it has no files.
    pub(crate) fn package(&self) -> Option<String> {
        self.files()
            .iter()
            .filter_map(|file| files::read_to_string(file).ok())
            .filter(|text| !crate::go_file::is_generated(text))
            .map(|text| GoFile::parse(&text).package)
            .find(|package| !package.is_empty() && package != "documentation")
    }
}

/// The Go files of a directory that a build looks at: no tests, and none that
/// `go` leaves out by their name.
pub(crate) fn go_files(directory: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy());
            name.is_some_and(|name| {
                name.ends_with(".go")
                    && !name.ends_with("_test.go")
                    && !name.starts_with(['_', '.'])
            }) && path.is_file()
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_every_kind() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path();
        for (file, text) in [
            ("app/go.mod", "module app"),
            ("app/main.go", "package main"),
            ("app/main_test.go", "package main_test"),
            ("app/export_x/x.go", "package export_x"),
            ("app/cmd/tool/tool.go", "package main"),
            ("lone/hello.go", "package hello"),
            ("lone/other.go", "package hello"),
            ("x/readme", ""),
        ] {
            files::write(top.join(file), text).unwrap();
        }
        let found = |directory: &str, module: Option<&str>, file: Option<&str>| {
            Ok(Source {
                directory: top.join(directory),
                module: module.map(|module| top.join(module)),
                file: file.map(|file| top.join(file)),
            })
        };
        for (source, expected) in [
            ("app", found("app", Some("app"), None)),
            ("app/go.mod", found("app", Some("app"), None)),
            ("app/main.go", found("app", Some("app"), None)),
            ("app/export_x/x.go", found("app", Some("app"), None)),
            ("app/export_x", found("app", Some("app"), None)),
            ("app/cmd/tool", found("app/cmd/tool", Some("app"), None)),
            ("lone", found("lone", None, None)),
            ("lone/hello.go", found("lone", None, Some("lone/hello.go"))),
            ("x", Err("has neither a `go.mod`")),
            ("x/readme", Err("neither a `.go` file")),
            ("none.go", Err("does not exist")),
        ] {
            match (find(&top.join(source), top), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{source}"),
                (Err(error), Err(part)) => assert!(error.message().contains(part), "{error}"),
                (found, expected) => panic!("{source}: {found:?}, expected {expected:?}"),
            }
        }
        let app = find(&top.join("app"), top).unwrap();
        assert_eq!(app.files(), [top.join("app/main.go")]);
        assert_eq!(app.package().as_deref(), Some("main"));
    }
}
