//! `[dependencies]` and `[dev_dependencies]`.

use semver::VersionReq;

use crate::location::{GitUrl, git_name};
use crate::names::PackageName;
use crate::path::LocalPath;
use crate::problem::problem;
use crate::section::{Entry, Section};
use crate::spanned::Spanned;
use crate::value::{requirement, sentence};

/// One package that the project needs.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The key, `namespace:name`.
    pub name: Spanned<PackageName>,
    /// Where it comes from. The span is the whole value's.
    pub source: Spanned<DependencySource>,
    /// `features`.
    pub features: Vec<String>,
}

/// Where a dependency comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DependencySource {
    /// A registry; a bare version accepts its compatible releases.
    Registry(VersionReq),
    /// A git repository.
    Git {
        /// `git`.
        url: GitUrl,
        /// What of it.
        reference: GitReference,
    },
    /// A directory or file of this machine.
    Path(LocalPath),
}

/// What of a git repository is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GitReference {
    /// The default branch.
    Default,
    /// `branch`.
    Branch(String),
    /// `tag`.
    Tag(String),
    /// `rev`: a commit.
    Commit(String),
}

pub(super) fn read(entry: Option<Entry<'_>>) -> Vec<Dependency> {
    let Some(section) = entry.and_then(Entry::section) else {
        return Vec::new();
    };
    section.entries().filter_map(Dependency::read).collect()
}

impl Dependency {
    fn read(entry: Entry<'_>) -> Option<Self> {
        let name = entry.parsed_key();
        let span = entry.span.clone();
        let (source, features) = if entry.is_string() {
            (
                DependencySource::Registry(entry.parse(requirement)?.value),
                Vec::new(),
            )
        } else if entry.is_table() {
            let mut section = entry.section()?;
            let features = section
                .take("features")
                .map(Entry::elements)
                .unwrap_or_default();
            let features = features
                .into_iter()
                .filter_map(|entry| entry.parse(sentence));
            let features = features.map(|feature| feature.value).collect();
            let source = DependencySource::read(&mut section);
            section.finish();
            (source?, features)
        } else {
            return entry.wrong_type("a version or a table");
        };
        Some(Self {
            name: name?,
            source: Spanned::new(source, span),
            features,
        })
    }
}

impl DependencySource {
    fn read(section: &mut Section<'_>) -> Option<Self> {
        let reference = GitReference::read(section);
        let mut found: Vec<_> = ["version", "git", "path"]
            .into_iter()
            .filter_map(|key| section.take(key))
            .collect();
        if let [_, second, ..] = found.as_slice() {
            let message = "a dependency comes from one place: a `version`, `git` or a `path`";
            section.problems.error(
                problem(
                    section.problems.codes.conflict,
                    message,
                    second.key.span.clone(),
                )
                .help("keep one of them"),
            );
            return None;
        }
        let Some(entry) = found.pop() else {
            section.error(
                section.problems.codes.missing_key,
                "the dependency says not where it comes from",
                "add `version`, `git` or `path`",
            );
            return None;
        };
        if let (Some(reference), "version" | "path") = (&reference, entry.key.value) {
            let message = "only a `git` dependency has a `branch`, `tag` or `rev`";
            section.problems.error(
                problem(
                    section.problems.codes.conflict,
                    message,
                    reference.span.clone(),
                )
                .help("remove it, or add `git`"),
            );
        }
        match entry.key.value {
            "version" => Some(Self::Registry(entry.parse(requirement)?.value)),
            "git" => Some(Self::Git {
                url: entry.parsed()?.value,
                reference: reference.map_or(GitReference::Default, |reference| reference.value),
            }),
            _ => Some(Self::Path(entry.parsed()?.value)),
        }
    }
}

impl GitReference {
    fn read(section: &mut Section<'_>) -> Option<Spanned<Self>> {
        type Form = fn(String) -> GitReference;
        let forms: [(&'static str, Form); 3] = [
            ("branch", Self::Branch),
            ("tag", Self::Tag),
            ("rev", Self::Commit),
        ];
        let mut found = Vec::new();
        for (key, form) in forms {
            let name = section.take(key).and_then(|entry| entry.parse(git_name));
            found.extend(name.map(|name| name.map(form)));
        }
        if let [_, second, ..] = found.as_slice() {
            section.problems.error(
                problem(
                    section.problems.codes.conflict,
                    "`branch`, `tag` and `rev` exclude each other",
                    second.span.clone(),
                )
                .help("keep one of them"),
            );
        }
        found.into_iter().next()
    }
}
