//! How far the source tree of a project reaches.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::manifest::Source;

/// What `/src` stands for in one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTree {
    /// The directory behind `/src`, canonical.
    pub root: PathBuf,
    /// The project's own directory, canonical: the root or below it.
    pub project: PathBuf,
    /// Files above the root that children may read.
    pub(crate) ancestors: Vec<PathBuf>,
}

impl SourceTree {
    /// The tree for the project in `project`: its own directory, or the
    /// outermost one above it that holds one of `source.root`, as far as the
    /// version-control checkout reaches. Without a checkout nothing above the
    /// project is its own.
    ///
    /// # Errors
    /// The directory does not exist or cannot be read.
    pub fn of(project: &Path, source: &Source) -> io::Result<Self> {
        let project = fs::canonicalize(project)?;
        let checkout = project.ancestors().find(|dir| {
            [".git", ".hg", ".jj"]
                .iter()
                .any(|marker| dir.join(marker).exists())
        });
        let marked = |dir: &Path| source.root.iter().any(|file| dir.join(file).is_file());
        let root = checkout
            .into_iter()
            .flat_map(|checkout| {
                project
                    .ancestors()
                    .take_while(move |dir| dir.starts_with(checkout))
            })
            .filter(|dir| marked(dir))
            .last()
            .unwrap_or(&project)
            .to_owned();
        let ancestors = root
            .ancestors()
            .skip(1)
            .flat_map(|dir| source.ancestors.iter().map(move |file| dir.join(file)))
            .filter(|file| file.is_file())
            .collect();
        Ok(Self {
            root,
            project,
            ancestors,
        })
    }

    /// Of no project at all: nothing is found in it.
    pub(crate) fn nowhere() -> Self {
        Self {
            root: PathBuf::from("/"),
            project: PathBuf::from("/"),
            ancestors: Vec::new(),
        }
    }

    /// The guest path of a file or directory in the tree, `None` where it is
    /// outside or its name is not UTF-8.
    #[must_use]
    pub fn to_guest(&self, path: &Path) -> Option<String> {
        let rest = path.strip_prefix(&self.root).ok()?.to_str()?;
        Some(if rest.is_empty() {
            "/src".to_owned()
        } else {
            format!("/src/{rest}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widens_to_the_outermost_marker_of_the_checkout_and_no_further() {
        let dir = tempfile::tempdir().unwrap();
        let base = fs::canonicalize(dir.path()).unwrap();
        let member = base.join("repo/ws/member");
        fs::create_dir_all(&member).unwrap();
        for file in ["elm.json", "repo/ws/elm.json", "repo/ws/member/elm.json"] {
            fs::write(base.join(file), "").unwrap();
        }
        let source = Source {
            root: vec!["elm.json".into()],
            ancestors: vec!["elm.json".into()],
            writable: vec![],
        };
        let tree = SourceTree::of(&member, &source).unwrap();
        assert_eq!(tree.root, member, "no checkout, nothing above is ours");
        assert!(tree.ancestors.contains(&base.join("repo/ws/elm.json")));

        fs::create_dir(base.join("repo/.git")).unwrap();
        let tree = SourceTree::of(&member, &source).unwrap();
        assert_eq!(tree.root, base.join("repo/ws"));
        assert_eq!(tree.to_guest(&member).unwrap(), "/src/member");
        assert_eq!(tree.ancestors, [base.join("elm.json")]);
    }
}
