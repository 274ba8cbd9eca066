//! A copy of the modules that a component may import.
//!
//! The tool looks through the whole of each directory it is given, and takes
//! libraries and settings it finds there for the component's: environments,
//! builds and other languages' files must not be among them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use run_builder_shared::paths;
use run_plugin_api::files::{self, FileKind};
use run_plugin_api::{Error, Result};

use crate::source::Module;

/// Directories that hold no modules of the project, unless they are packages.
const OTHERS: [&str; 5] = ["__pycache__", "node_modules", "target", "venv", "env"];

/// The copy of one component's modules.
#[derive(Debug, Clone)]
pub(crate) struct Staged {
    /// The copy.
    pub(crate) directory: PathBuf,
    /// Where it is from.
    pub(crate) original: PathBuf,
    /// Files in it, relative.
    files: Vec<PathBuf>,
}

impl Staged {
    /// Brings the copy up to date.
    pub(crate) fn update(module: &Module, include: &[String], to: &Path) -> Result<Self> {
        let root = &module.root;
        for path in include {
            if !root.join(path).exists() {
                return Err(Error::not_found(format!(
                    "`settings.include` names `{path}`, which is not in `{}`",
                    root.display()
                )));
            }
        }
        let wanted = |path: &Path, kind| match kind {
            FileKind::Directory => may_hold_modules(&root.join(path)) || is_under(path, include),
            FileKind::File => is_python(path) || is_under(path, include),
        };
        Ok(Self {
            directory: to.to_owned(),
            original: root.clone(),
            files: files::mirror(root, to, &wanted)?,
        })
    }

    /// Everything the copy depends on, and what may appear.
    pub(crate) fn inputs(&self) -> Vec<String> {
        let root = paths::escaped(&self.original);
        let files: BTreeSet<String> = self
            .files
            .iter()
            .map(|file| paths::escaped(&self.original.join(file)))
            .collect();
        files
            .into_iter()
            .chain([format!("{root}/**/*.py")])
            .collect()
    }
}

/// Whether a path is, is in, or leads to one that is included.
fn is_under(path: &Path, include: &[String]) -> bool {
    include
        .iter()
        .any(|included| path.starts_with(included) || Path::new(included).starts_with(path))
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "py")
        || path
            .file_name()
            .is_some_and(|name| name == "componentize-py.toml")
}

fn may_hold_modules(directory: &Path) -> bool {
    let Some(name) = directory.file_name().and_then(|name| name.to_str()) else {
        return false;
    };
    let other = name.starts_with('.')
        || OTHERS.contains(&name) && !directory.join("__init__.py").is_file()
        || directory.join("pyvenv.cfg").is_file();
    !other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_copied_and_nothing_else() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("root");
        for file in [
            "app.py",
            "pkg/__init__.py",
            "target/__init__.py",
            "target/wasm.py",
            "venv/x.py",
            "other/pyvenv.cfg",
            "other/lib/x.py",
            ".hidden/x.py",
            "node_modules/x.py",
            "data/words.txt",
            "data/deep/more.txt",
            "notes.txt",
        ] {
            files::write(root.join(file), "").unwrap();
        }
        let module = Module {
            file: root.join("app.py"),
            name: "app".into(),
            root,
        };
        let include = ["data/deep".to_owned()];
        let staged = Staged::update(&module, &include, &temp.path().join("to")).unwrap();
        let expected = [
            "app.py",
            "data/deep/more.txt",
            "pkg/__init__.py",
            "target/__init__.py",
            "target/wasm.py",
        ]
        .map(PathBuf::from);
        assert_eq!(staged.files, expected);
        assert!(staged.inputs().iter().any(|i| i.ends_with("root/**/*.py")));
        let error = Staged::update(&module, &["gone".to_owned()], temp.path()).unwrap_err();
        assert!(error.message().contains("`gone`"), "{error}");
    }
}
