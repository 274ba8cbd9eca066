//! What a component's `source` names: which module, and where it is imported
//! from.

use std::path::{Path, PathBuf};

use run_plugin_api::{Error, Result, files};

/// Modules of a directory that says nothing else, in order.
const MODULES: [&str; 2] = ["app", "main"];

const HELP: &str = "set `source` to a `.py` file, to a directory with `app.py`, `main.py` or a package, \
     or to a pyproject.toml; `settings.module` says which module it is";

/// The module that becomes the component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Module {
    /// The directory it is imported from.
    pub(crate) root: PathBuf,
    /// Its import name, e.g. `shop.app`.
    pub(crate) name: String,
    /// Its file.
    pub(crate) file: PathBuf,
}

/// Works out what `source` names. `top` bounds the search upwards; `module` is
/// the setting.
pub(crate) fn find(source: &Path, module: Option<&str>, top: &Path) -> Result<Module> {
    if source.is_dir() {
        return in_directory(source, module, top);
    }
    if !source.is_file() {
        return Err(
            Error::not_found(format!("`{}` does not exist", source.display())).with_help(HELP),
        );
    }
    let parent = source.parent().unwrap_or(top);
    if source
        .file_name()
        .is_some_and(|name| name == "pyproject.toml")
    {
        return in_directory(parent, module, top);
    }
    if source.extension().is_none_or(|ending| ending != "py") {
        return Err(Error::invalid_input(format!(
            "`{}` is neither a `.py` file nor a pyproject.toml",
            source.display()
        ))
        .with_help(HELP));
    }
    of_file(source, top)
}

fn in_directory(directory: &Path, module: Option<&str>, top: &Path) -> Result<Module> {
    let roots = [directory.to_owned(), directory.join("src")];
    if let Some(name) = module {
        return roots
            .iter()
            .find_map(|root| named(root, name))
            .ok_or_else(|| {
                Error::not_found(format!(
                    "there is no module `{name}` in `{}`",
                    directory.display()
                ))
                .with_help(HELP)
            });
    }
    // A directory that is a package itself.
    let package = directory.join("__init__.py");
    if package.is_file() {
        return of_file(&package, top);
    }
    let project = project_name(&directory.join("pyproject.toml"));
    MODULES
        .iter()
        .map(|name| (*name).to_owned())
        .chain(project)
        .find_map(|name| roots.iter().find_map(|root| named(root, &name)))
        .ok_or_else(|| {
            Error::not_found(format!(
                "`{}` has no module that could be built",
                directory.display()
            ))
            .with_help(HELP)
        })
}

/// The module called `name` below `root`, a file or a package.
fn named(root: &Path, name: &str) -> Option<Module> {
    let path = root.join(name.replace('.', "/"));
    let file = [path.with_extension("py"), path.join("__init__.py")]
        .into_iter()
        .find(|file| file.is_file())?;
    Some(Module {
        root: root.to_owned(),
        name: name.to_owned(),
        file,
    })
}

/// The module of a file: inside a package it is imported as part of it, so that
/// relative imports work.
fn of_file(file: &Path, top: &Path) -> Result<Module> {
    let name = |path: &Path| {
        path.file_stem()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let mut parts = Vec::new();
    let is_package = file.file_name().is_some_and(|name| name == "__init__.py");
    if !is_package {
        parts.extend(name(file));
    }
    let mut root = file.parent().unwrap_or(top);
    while root != top && root.join("__init__.py").is_file() {
        let Some(parent) = root.parent() else { break };
        parts.extend(
            root.file_name()
                .map(|name| name.to_string_lossy().into_owned()),
        );
        root = parent;
    }
    if parts.is_empty() {
        return Err(Error::invalid_input(format!(
            "`{}` is the package of the whole source tree and has no name",
            file.display()
        ))
        .with_help(HELP));
    }
    parts.reverse();
    Ok(Module {
        root: root.to_owned(),
        name: parts.join("."),
        file: file.to_owned(),
    })
}

/// `project.name` as a module's name.
fn project_name(manifest: &Path) -> Option<String> {
    let text = files::read_to_string(manifest).ok()?;
    let manifest = toml::de::DeTable::parse(&text).ok()?;
    let project = manifest.get_ref().get("project")?.get_ref();
    let name = project.get("name")?.get_ref().as_str()?;
    Some(name.to_lowercase().replace(['-', '.'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_every_kind() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path();
        for (file, text) in [
            ("main.py", ""),
            ("lone/app.py", ""),
            ("shop/pyproject.toml", "[project]\nname = 'My-Shop'"),
            ("shop/src/my_shop/__init__.py", ""),
            ("shop/src/my_shop/deep/__init__.py", ""),
            ("shop/src/my_shop/deep/x.py", ""),
            ("none/readme", ""),
        ] {
            files::write(top.join(file), text).unwrap();
        }
        let module = |root: &str, name: &str, file: &str| {
            Ok(Module {
                root: top.join(root),
                name: name.to_owned(),
                file: top.join(file),
            })
        };
        let package = "shop/src/my_shop/__init__.py";
        for (source, setting, expected) in [
            ("main.py", None, module("", "main", "main.py")),
            ("lone", None, module("lone", "app", "lone/app.py")),
            ("shop", None, module("shop/src", "my_shop", package)),
            (
                "shop/pyproject.toml",
                None,
                module("shop/src", "my_shop", package),
            ),
            (
                "shop/src/my_shop",
                None,
                module("shop/src", "my_shop", package),
            ),
            (
                "shop/src/my_shop/deep/x.py",
                None,
                module("shop/src", "my_shop.deep.x", "shop/src/my_shop/deep/x.py"),
            ),
            (
                "shop",
                Some("my_shop.deep.x"),
                module("shop/src", "my_shop.deep.x", "shop/src/my_shop/deep/x.py"),
            ),
            ("shop", Some("other"), Err("no module `other`")),
            ("none", None, Err("has no module")),
            ("none/readme", None, Err("neither a `.py` file nor")),
            ("gone.py", None, Err("does not exist")),
        ] {
            match (find(&top.join(source), setting, top), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(
                    (
                        found.name,
                        found.root.components().collect::<PathBuf>(),
                        found.file
                    ),
                    (
                        expected.name,
                        expected.root.components().collect(),
                        expected.file
                    ),
                    "{source}"
                ),
                (Err(error), Err(part)) => assert!(error.message().contains(part), "{error}"),
                (found, expected) => panic!("{source}: {found:?}, expected {expected:?}"),
            }
        }
    }
}
