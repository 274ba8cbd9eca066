//! What a build can see of this machine outside the project's source tree: the
//! programs on its children's `PATH`, single files of the user's, variables.

use std::collections::BTreeMap;
use std::path::Path;

use run_files::Digest;

use crate::api::ProjectView;
use crate::artifact::Plugin;
use crate::consent::{Permissions, narrow};
use crate::manifest::{Access, Manifest};
use crate::source_tree::SourceTree;
use crate::tools::{Pins, Tool, Tools, environment};

/// One plugin's surroundings in one project.
pub struct Surroundings {
    manifest: Manifest,
    tools: Tools,
}

impl Surroundings {
    /// Nothing is looked at yet.
    #[must_use]
    pub fn new(
        plugin: &Plugin,
        granted: &Permissions,
        tree: &SourceTree,
        source: &Path,
        pins: &Pins,
    ) -> Self {
        let manifest = narrow(plugin.manifest.clone(), granted);
        let allowed = manifest.clone();
        let view = ProjectView {
            tree: tree.clone(),
            source: source.to_owned(),
            settings: Vec::new(),
            cache: std::path::PathBuf::new(),
        };
        Self {
            tools: Tools::new(&plugin.manifest, &view, pins, move |id| {
                allowed.tool(id).is_some()
            }),
            manifest,
        }
    }

    /// Every program that a child could start, found once.
    #[must_use]
    pub fn programs(&self) -> Vec<Tool> {
        self.tools.present()
    }

    /// The user's variables that children which compile get, with the
    /// manifest's defaults.
    #[must_use]
    pub fn variables(&self) -> BTreeMap<String, String> {
        environment::inherited(&self.manifest, false, environment::user_environment())
    }

    /// Single files that children which compile may read, by what they are
    /// called on every machine; `None` where there is no such file now.
    #[must_use]
    pub fn files(&self, tree: &SourceTree) -> Vec<(String, Option<Digest>)> {
        let settings = self
            .manifest
            .directories
            .iter()
            .filter(|directory| directory.file && directory.access == Access::Read)
            .map(|directory| (directory.path.clone(), self.digest(&directory.path)));
        let above = tree.ancestors.iter().map(|path| {
            let name = relative(tree, path);
            (name, Digest::of_file(path).ok())
        });
        settings.chain(above).collect()
    }

    /// The files by which launchers answer: another content can mean another
    /// program.
    #[must_use]
    pub fn launchers(&self) -> Vec<(String, Option<Digest>)> {
        self.manifest
            .tools
            .iter()
            .filter_map(|tool| tool.locate.as_ref())
            .flat_map(|locate| &locate.state)
            .map(|path| (path.clone(), self.digest(path)))
            .collect()
    }

    fn digest(&self, path: &str) -> Option<Digest> {
        let path = environment::expand(path, &self.manifest, environment::user_variable)?;
        Digest::of_file(&path).ok()
    }
}

/// `../../x.toml`, for a file above the tree's root.
fn relative(tree: &SourceTree, file: &Path) -> String {
    let steps = tree
        .root
        .ancestors()
        .position(|dir| file.starts_with(dir))
        .unwrap_or_default();
    let above = tree.root.ancestors().nth(steps);
    let rest = above.and_then(|dir| file.strip_prefix(dir).ok());
    format!("{}{}", "../".repeat(steps), rest.unwrap_or(file).display())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn files_above_the_tree_are_called_the_same_in_every_checkout() {
        let tree = SourceTree {
            root: PathBuf::from("/home/u/ws/app"),
            project: PathBuf::from("/home/u/ws/app"),
            ancestors: Vec::new(),
        };
        let name = |path: &str| relative(&tree, Path::new(path));
        assert_eq!(name("/home/u/ws/elm.json"), "../elm.json");
        assert_eq!(name("/home/u/.elm/config"), "../../.elm/config");
    }
}
