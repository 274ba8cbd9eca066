//! `[deploy.NAME]`.

use crate::names::ProfileName;
use crate::problem::problem;
use crate::section::Entry;
use crate::spanned::Spanned;
use crate::value::{choice, sentence};

use super::setting::{self, Setting};

/// A named way to deploy.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The key.
    pub name: Spanned<ProfileName>,
    /// `target_type`.
    pub target_type: Spanned<TargetType>,
    /// `provider`: whom an edge deployment goes to.
    pub provider: Option<Spanned<String>>,
    /// `options`: for the provider, which says what they may be.
    pub options: Vec<Setting>,
}

/// What a deployment makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetType {
    /// `local`: a directory.
    Local,
    /// `registry`: packages.
    Registry,
    /// `edge`: a running service, by a provider.
    Edge,
}

pub(super) fn read(entry: Option<Entry<'_>>) -> Vec<Profile> {
    let profiles = entry.map(Entry::named_sections).unwrap_or_default();
    profiles
        .into_iter()
        .filter_map(|(entry, section)| Profile::read(&entry, section))
        .collect()
}

impl Profile {
    fn read(entry: &Entry<'_>, mut section: crate::section::Section<'_>) -> Option<Self> {
        let types = [
            ("local", TargetType::Local),
            ("registry", TargetType::Registry),
            ("edge", TargetType::Edge),
        ];
        let name = entry.parsed_key();
        let target = section.require("target_type");
        let target = target.and_then(|entry| entry.parse(|text| choice(text, &types)));
        let provider = section.take("provider");
        if let (Some(provider), Some(TargetType::Local | TargetType::Registry)) =
            (&provider, target.as_deref())
        {
            section.problems.error(
                problem(
                    section.problems.codes.conflict,
                    "only an `edge` deployment has a `provider`",
                    provider.key.span.clone(),
                )
                .help("remove it, or write `target_type = \"edge\"`"),
            );
        }
        let provider = provider.and_then(|entry| entry.parse(sentence));
        let options = setting::read(section.take("options"));
        section.finish();
        Some(Self {
            name: name?,
            target_type: target?,
            provider,
            options,
        })
    }
}
