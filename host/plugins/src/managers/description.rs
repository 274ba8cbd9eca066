//! How a package manager is run, as data.

use std::collections::BTreeMap;
use std::path::PathBuf;

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use crate::api::ProjectView;
use crate::manifest::{
    Directory, Environment, Identity, Kind, Manifest, ManifestError, Package, Source, Tool,
};
use crate::source_tree::SourceTree;
use crate::tools::{Pins, Tools};

/// A package manager.
#[derive(Debug)]
pub struct Manager {
    /// What `[[tool.package]]` calls it.
    pub name: String,
    pub(super) text: Description,
    /// Its programs, variables and directories, in the form of a plugin's.
    pub(super) manifest: Manifest,
    ignored: GlobSet,
}

/// `NAME.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// Its programs: the first is the manager, the others are on its `PATH`.
    #[serde(rename = "tool")]
    tools: Vec<Tool>,
    /// Variables of the user's that it gets.
    #[serde(default, rename = "environment")]
    environment: Vec<Environment>,
    /// Directories of the user's that it sees.
    #[serde(default, rename = "directory")]
    directories: Vec<Directory>,
    /// Variables that are set for it.
    #[serde(default)]
    pub(super) set: BTreeMap<String, String>,
    /// How it is asked which versions there are; without this it is given the
    /// range itself.
    #[serde(default)]
    pub(super) versions: Option<Versions>,
    /// How it spells an exact version.
    #[serde(default = "as_it_is")]
    pub(super) exact: String,
    /// Files that are written before it runs.
    #[serde(default, rename = "file")]
    pub(super) files: Vec<File>,
    /// How one of a package's constraints is spelled in `{constraints}`.
    #[serde(default)]
    pub(super) constraint: Option<Constraint>,
    /// What is run, one after the other, with the first program.
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
    /// Whether the same version is the same bytes on machines of one platform:
    /// not where it compiles.
    #[serde(default)]
    pub(super) same_bytes: bool,
    /// What of a tree differs from machine to machine and says nothing.
    #[serde(default)]
    ignore: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Versions {
    pub(super) arguments: Vec<String>,
    /// Every match's first group is a version.
    pub(super) pattern: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Below the directory that is installed into.
    pub(super) path: String,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Constraint {
    pub(super) each: String,
    pub(super) join: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) arguments: Vec<String>,
    /// Whether it may use the network.
    #[serde(default)]
    pub(super) network: bool,
}

fn as_it_is() -> String {
    "{version}".to_owned()
}

impl Manager {
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, ManifestError> {
        let fail = |why: String| ManifestError::new(format!("the package manager `{name}`: {why}"));
        let text: Description =
            toml::from_str(text).map_err(|error| fail(error.to_string().trim().to_owned()))?;
        let mut ignored = GlobSetBuilder::new();
        for glob in &text.ignore {
            ignored.add(Glob::new(glob).map_err(|error| fail(error.to_string()))?);
        }
        if let Some(versions) = &text.versions
            && !regex::Regex::new(&versions.pattern).is_ok_and(|regex| regex.captures_len() >= 2)
        {
            return Err(fail(
                "`versions.pattern` is not a regular expression with a group".to_owned(),
            ));
        }
        let manifest = Manifest {
            plugin: Identity {
                id: format!("run:{name}"),
                kind: Kind::LanguageBuilder,
                version: semver::Version::new(0, 0, 0),
                description: String::new(),
                license: String::new(),
                homepage: None,
            },
            languages: Vec::new(),
            providers: Vec::new(),
            settings: Vec::new(),
            tools: text.tools.clone(),
            environment: text.environment.clone(),
            directories: text.directories.clone(),
            source: Source::default(),
            hosts: Vec::new(),
            credentials: Vec::new(),
        };
        manifest.check().map_err(|error| fail(error.to_string()))?;
        if manifest.tools.is_empty() || text.steps.is_empty() {
            return Err(fail("it has no `[[tool]]` or no `[[step]]`".to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            ignored: ignored.build().map_err(|error| fail(error.to_string()))?,
            text,
            manifest,
        })
    }

    /// Whether its program is on this machine.
    #[must_use]
    pub fn is_here(&self) -> bool {
        let nowhere = SourceTree::nowhere();
        self.tools(nowhere)
            .resolve(&self.manifest.tools[0].id)
            .is_ok()
    }

    /// Whether what it installs is the same on every machine of a platform, so
    /// that a digest of it can be pinned.
    #[must_use]
    pub fn same_bytes(&self) -> bool {
        self.text.same_bytes
    }

    /// The manager's programs, looked up for a project.
    pub(super) fn tools(&self, tree: SourceTree) -> Tools {
        let view = ProjectView {
            source: tree.project.clone(),
            tree,
            settings: Vec::new(),
            cache: PathBuf::new(),
        };
        Tools::new(&self.manifest, &view, &Pins::default(), |_| true)
    }

    pub(super) fn ignores(&self, path: &str) -> bool {
        self.ignored.is_match(path)
    }

    /// A text of the description with what stands in braces filled in.
    pub(super) fn fill(&self, text: &str, values: &Values<'_>) -> String {
        let constraints = self.text.constraint.as_ref().map(|constraint| {
            let all: Vec<_> = values
                .package
                .constraints
                .iter()
                .map(|(name, version)| {
                    constraint
                        .each
                        .replace("{name}", name)
                        .replace("{version}", version)
                })
                .collect();
            all.join(&constraint.join)
        });
        let part = values.package.part.as_deref().unwrap_or_default();
        // The values hold no braces: names, versions and paths of our own.
        [
            ("{constraints}", constraints.unwrap_or_default().as_str()),
            ("{name}", &values.package.name),
            ("{part}", part),
            ("{version}", values.version),
            ("{directory}", values.directory),
            ("{home}", values.home),
        ]
        .iter()
        .fold(text.to_owned(), |text, (hole, value)| {
            text.replace(hole, value)
        })
    }
}

/// What a description leaves open.
pub(super) struct Values<'a> {
    pub(super) package: &'a Package,
    pub(super) version: &'a str,
    /// What is installed into.
    pub(super) directory: &'a str,
    /// The manager's own, gone afterwards.
    pub(super) home: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        ignore = ["log/**"]
        [[tool]]
        id = "elm-get"
        program = "elm-get"
        why = ""
        [constraint]
        each = "{name}={version}"
        join = ";"
        [[step]]
        arguments = ["get", "{name}{part}@{version}", "--with={constraints}", "--into", "{directory}"]
    "#;

    #[test]
    fn what_stands_in_braces_is_filled_in() {
        let manager = Manager::parse("elms", TEXT).unwrap();
        let package: Package = toml::from_str(
            "manager = 'elms'\nname = '@a/b'\npart = '/c'\nprogram = 'x'\nconstraints = { y = '1', z = '2.0' }",
        )
        .unwrap();
        let values = Values {
            package: &package,
            version: "1.2.0",
            directory: "/d",
            home: "/h",
        };
        let filled: Vec<_> = manager.text.steps[0]
            .arguments
            .iter()
            .map(|text| manager.fill(text, &values))
            .collect();
        assert_eq!(
            filled,
            ["get", "@a/b/c@1.2.0", "--with=y=1;z=2.0", "--into", "/d"]
        );
        assert!(manager.ignores("log/x/y") && !manager.ignores("x/log"));
        assert!(!manager.same_bytes() && !manager.is_here());
    }

    #[test]
    fn what_does_not_hold_is_refused() {
        for (from, to, expected) in [
            ("[constraint]", "[constrain]", "unknown field"),
            (
                "program = \"elm-get\"",
                "program = \"../x\"",
                "not a program's name",
            ),
            ("log/**", "log/{", "glob"),
        ] {
            let error = Manager::parse("elms", &TEXT.replace(from, to)).unwrap_err();
            let error = error.to_string();
            assert!(
                error.contains(expected) && error.contains("`elms`"),
                "{error}"
            );
        }
    }
}
