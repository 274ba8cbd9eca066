//! What a component's `source` names: a project with `build.zig`, or a file.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result};

/// Root files of a directory without `build.zig`, in order.
const ROOTS: [&str; 4] = ["main.zig", "root.zig", "src/main.zig", "src/root.zig"];

/// What is to be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The directory of a `build.zig`.
    Project(PathBuf),
    /// The root file of a module.
    File(PathBuf),
}

/// Works out what `source` names. A file is itself, whether or not there is a
/// `build.zig` beside it.
pub(crate) fn find(source: &Path) -> Result<Source> {
    const HELP: &str = "set `source` to a `.zig` file, or to a directory with `build.zig`, \
                        `main.zig` or `root.zig`";
    if source.is_dir() {
        if source.join("build.zig").is_file() {
            return Ok(Source::Project(source.to_owned()));
        }
        return ROOTS
            .iter()
            .map(|root| source.join(root))
            .find(|root| root.is_file())
            .map(Source::File)
            .ok_or_else(|| {
                Error::not_found(format!(
                    "`{}` has none of `build.zig`, `main.zig` and `root.zig`",
                    source.display()
                ))
                .with_help(HELP)
            });
    }
    if !source.is_file() {
        return Err(
            Error::not_found(format!("`{}` does not exist", source.display())).with_help(HELP),
        );
    }
    match (source.file_name(), source.extension()) {
        (Some(name), _) if name == "build.zig" || name == "build.zig.zon" => {
            let directory = source.parent().unwrap_or(source);
            match directory.join("build.zig").is_file() {
                true => Ok(Source::Project(directory.to_owned())),
                false => Err(Error::not_found(format!(
                    "`{}` has no `build.zig`",
                    directory.display()
                ))
                .with_help(HELP)),
            }
        }
        (_, Some(extension)) if extension == "zig" => Ok(Source::File(source.to_owned())),
        _ => Err(
            Error::invalid_input(format!("`{}` is not a `.zig` file", source.display()))
                .with_help(HELP),
        ),
    }
}

#[cfg(test)]
mod tests {
    use run_plugin_api::files;

    use super::*;

    #[test]
    fn sources_of_every_kind() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path();
        for file in [
            "project/build.zig",
            "project/src/main.zig",
            "plain/main.zig",
            "deep/src/root.zig",
            "zon/build.zig.zon",
            "x/readme",
        ] {
            files::write(top.join(file), "").unwrap();
        }
        let project = |path: &str| Ok(Source::Project(top.join(path)));
        let file = |path: &str| Ok(Source::File(top.join(path)));
        for (source, expected) in [
            ("project", project("project")),
            ("project/build.zig", project("project")),
            ("project/src/main.zig", file("project/src/main.zig")),
            ("plain", file("plain/main.zig")),
            ("deep", file("deep/src/root.zig")),
            ("zon/build.zig.zon", Err("has no `build.zig`")),
            ("x", Err("has none of")),
            ("x/readme", Err("not a `.zig` file")),
            ("none.zig", Err("does not exist")),
        ] {
            match (find(&top.join(source)), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{source}"),
                (Err(error), Err(part)) => assert!(error.message().contains(part), "{error}"),
                (found, expected) => panic!("{source}: {found:?}, expected {expected:?}"),
            }
        }
    }
}
