//! `[project]`.

use semver::Version;

use crate::names::ProjectName;
use crate::section::{Entry, Section};
use crate::spanned::Spanned;
use crate::value::{sentence, version};

/// What a project says about itself.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// `name`.
    pub name: Spanned<ProjectName>,
    /// `version`.
    pub version: Spanned<Version>,
    /// `description`: one line.
    pub description: Option<String>,
    /// `authors`, e.g. `Alice <alice@example.com>`.
    pub authors: Vec<String>,
    /// `license`: an SPDX expression, not checked against the SPDX list.
    pub license: Option<String>,
    /// `repository`: where the source is.
    pub repository: Option<String>,
}

impl Metadata {
    /// Stands in where `[project]` does not hold, so that the rest of the file
    /// is still looked at. Never handed out: the file is refused.
    pub(super) fn unnamed() -> Self {
        Self {
            name: Spanned::new(ProjectName::unnamed(), 0..0),
            version: Spanned::new(Version::new(0, 0, 0), 0..0),
            description: None,
            authors: Vec::new(),
            license: None,
            repository: None,
        }
    }

    pub(super) fn read(mut section: Section<'_>) -> Option<Self> {
        let name = section.require("name").and_then(Entry::parsed);
        let version = section
            .require("version")
            .and_then(|entry| entry.parse(version));
        let mut text = |key| Some(section.take(key)?.parse(sentence)?.value);
        let description = text("description");
        let license = text("license");
        let repository = text("repository");
        let authors = section
            .take("authors")
            .map(Entry::elements)
            .unwrap_or_default();
        let authors = authors
            .into_iter()
            .filter_map(|entry| Some(entry.parse(sentence)?.value));
        let authors = authors.collect();
        section.finish();
        Some(Self {
            name: name?,
            version: version?,
            description,
            authors,
            license,
            repository,
        })
    }
}
