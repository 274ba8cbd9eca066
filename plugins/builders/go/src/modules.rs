//! The modules of the source tree that a build may take packages from: the
//! component's own, those that its `go.mod` replaces by directories, and those
//! that a `go.work` above it uses.

use std::path::{Path, PathBuf};

use run_builder_shared::paths::normal;
use run_plugin_api::files;

use crate::module_file::ModuleFile;

/// One module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Module {
    /// Its path.
    pub(crate) path: String,
    /// The directory of its `go.mod`.
    pub(crate) directory: PathBuf,
    /// The language version it is written in.
    pub(crate) go: Option<String>,
    /// Whether it requires other modules.
    pub(crate) requires: bool,
    /// Whether a workspace lists it; else it is one that another replaces.
    pub(crate) used: bool,
}

/// All of them, the component's own first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Modules {
    pub(crate) all: Vec<Module>,
    /// The directory of the `go.work`, where there is one.
    pub(crate) workspace: Option<PathBuf>,
}

impl Modules {
    /// Those around the module in `main`, looked for below `top`.
    pub(crate) fn around(main: &Path, top: &Path) -> Self {
        let workspace = files::find_upwards(main, "go.work", top);
        let mut modules = Self {
            all: Vec::new(),
            workspace: workspace.clone(),
        };
        modules.add(main, true, top);
        if let Some(workspace) = workspace {
            for directory in ModuleFile::read(&workspace.join("go.work")).uses {
                modules.add(&normal(&workspace.join(directory)), true, top);
            }
        }
        modules
    }

    /// The one that has a package, and the package's directory.
    pub(crate) fn package(&self, import: &str) -> Option<(&Module, PathBuf)> {
        self.all
            .iter()
            .filter_map(|module| {
                let rest = import.strip_prefix(module.path.as_str())?;
                match rest.strip_prefix('/') {
                    Some(rest) => Some((module, module.directory.join(rest))),
                    None if rest.is_empty() => Some((module, module.directory.clone())),
                    None => None,
                }
            })
            .max_by_key(|(module, _)| module.path.len())
    }

    /// Files that decide which modules are taken from elsewhere.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let workspace = self
            .workspace
            .iter()
            .flat_map(|directory| ["go.work", "go.work.sum"].map(|file| directory.join(file)));
        self.all
            .iter()
            .flat_map(|module| ["go.mod", "go.sum"].map(|file| module.directory.join(file)))
            .chain(workspace)
            .collect()
    }

    fn add(&mut self, directory: &Path, used: bool, top: &Path) {
        let known = self.all.iter().any(|known| known.directory == directory);
        // What `run` keeps is not the user's, though an editor may be shown it.
        let kept = directory
            .components()
            .any(|part| part.as_os_str() == ".run");
        if known || kept || !directory.starts_with(top) || !directory.join("go.mod").is_file() {
            return;
        }
        let file = ModuleFile::read(&directory.join("go.mod"));
        self.all.push(Module {
            path: file.module,
            directory: directory.to_owned(),
            go: file.go,
            requires: file.requires,
            used,
        });
        for (_, replacement) in file.replaced {
            self.add(&normal(&directory.join(replacement)), false, top);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_through_replacements_and_workspaces() {
        let temp = tempfile::tempdir().unwrap();
        let top = temp.path();
        for (file, text) in [
            (
                "app/go.mod",
                "module a.b/app\nrequire x v1\nreplace a.b/lib => ../lib",
            ),
            ("lib/go.mod", "module a.b/lib"),
            ("tool/go.mod", "module a.b/app/tool"),
            (
                "go.work",
                "go 1.25\nuse (\n./app\n./tool\n./.run/x\n./none\n)",
            ),
            (".run/x/go.mod", "module wit_component"),
        ] {
            files::write(top.join(file), text).unwrap();
        }
        let modules = Modules::around(&top.join("app"), top);
        let paths: Vec<_> = modules
            .all
            .iter()
            .map(|m| (m.path.as_str(), m.used, m.requires))
            .collect();
        assert_eq!(
            paths,
            [
                ("a.b/app", true, true),
                ("a.b/lib", false, false),
                ("a.b/app/tool", true, false),
            ]
        );
        let directory = |import: &str| modules.package(import).map(|(_, directory)| directory);
        assert_eq!(directory("a.b/app"), Some(top.join("app")));
        assert_eq!(directory("a.b/app/tool/x"), Some(top.join("tool/x")));
        assert_eq!(directory("a.b/library"), None);
        assert_eq!(directory("fmt"), None);
    }
}
