//! `[[component]]`, and `[components.NAME]` which means the same.

use crate::capability::Capability;
use crate::names::ComponentName;
use crate::path::RelativePath;
use crate::section::{Entry, Section};
use crate::spanned::Spanned;
use crate::value::sentence;

use super::limits::{self, Limits};
use super::setting::{self, Setting};

/// One component of the project.
#[derive(Debug, Clone)]
pub struct Component {
    /// `name`, or the key of `[components.NAME]`. No other component's differs
    /// from it only in case.
    pub name: Spanned<ComponentName>,
    /// Built from source, or there already.
    pub kind: ComponentKind,
    /// `wit`: the file or directory with its interfaces.
    pub wit: Option<Spanned<RelativePath>>,
    /// `world`: the world of `wit` it targets, where there are several.
    pub world: Option<Spanned<String>>,
    /// `capabilities`: what it may reach.
    pub capabilities: Vec<Spanned<Capability>>,
    /// `enabled`: whether commands look at it at all. Default true.
    pub enabled: bool,
    /// `settings`: for the plugin that builds it, which says what they may be.
    pub settings: Vec<Setting>,
    /// `limits`: what it may use.
    pub limits: Limits,
    /// `config`: what `wasi:config/store` tells it, name and value.
    pub config: Vec<(String, String)>,
    /// `imports`: an imported interface, and what provides it.
    pub imports: Vec<(Spanned<String>, Spanned<String>)>,
}

/// How a component comes to be.
#[derive(Debug, Clone)]
pub enum ComponentKind {
    /// Built from `source`.
    Source {
        /// `source`: a file or a directory.
        source: Spanned<RelativePath>,
        /// `language`; where it is absent the plugins look at the source.
        language: Option<Spanned<String>>,
    },
    /// Taken as it is.
    Prebuilt {
        /// `path`: a component file.
        path: Spanned<RelativePath>,
    },
}

impl Component {
    /// How it comes to be.
    #[must_use]
    pub const fn kind(&self) -> &ComponentKind {
        &self.kind
    }

    fn read(mut section: Section<'_>, name: Option<Spanned<ComponentName>>) -> Option<Self> {
        let wit = section.take("wit").and_then(Entry::parsed);
        let world = section
            .take("world")
            .and_then(|entry| entry.parse(sentence));
        let capabilities = section
            .take("capabilities")
            .map(Entry::list)
            .unwrap_or_default();
        let enabled = section.take("enabled").and_then(Entry::boolean);
        let limits = section.take("limits").map(limits::read);
        let config = section.take("config").map(config).unwrap_or_default();
        let imports = section.take("imports").map(imports).unwrap_or_default();
        let settings = section.take("settings");
        let settings_key = settings.as_ref().map(|entry| entry.key.span.clone());
        let settings = setting::read(settings);
        let kind = ComponentKind::read(&mut section);
        if let (Some(ComponentKind::Prebuilt { .. }), Some(key)) = (&kind, settings_key) {
            super::check::no_effect(section.problems, key, "settings");
        }
        section.finish();
        Some(Self {
            name: name?,
            kind: kind?,
            wit,
            world,
            capabilities,
            enabled: enabled.is_none_or(|enabled| enabled.value),
            settings,
            limits: limits.unwrap_or_default(),
            config,
            imports,
        })
    }
}

impl ComponentKind {
    fn read(section: &mut Section<'_>) -> Option<Self> {
        let source = section.take("source");
        let path = section.take("path");
        let language = section.take("language");
        let code = section.problems.codes.conflict;
        match (source, path) {
            (Some(source), None) => Some(Self::Source {
                language: language.and_then(|entry| entry.parse(sentence)),
                source: source.parsed()?,
            }),
            (None, Some(path)) => {
                if let Some(language) = language {
                    super::check::no_effect(
                        section.problems,
                        language.key.span.clone(),
                        "language",
                    );
                    language.string();
                }
                let path = path.parse(|text| {
                    let path: RelativePath = text.parse()?;
                    super::check::below_root(&path).map(|()| path)
                });
                Some(Self::Prebuilt { path: path? })
            }
            (Some(_), Some(path)) => {
                let message = "a component has a `source` to build or a `path` to take, not both";
                section.problems.error(
                    crate::problem::problem(code, message, path.key.span)
                        .label("there is a `source` too")
                        .help("remove one of them"),
                );
                None
            }
            (None, None) => {
                section.error(
                    section.problems.codes.missing_key,
                    "the component has neither `source` nor `path`",
                    "add `source` to build it, or `path` to a component that is built already",
                );
                None
            }
        }
    }
}

/// Both forms, in the order of the file.
pub(super) fn read(root: &mut Section<'_>) -> Vec<Component> {
    let listed = root
        .take("component")
        .map(Entry::sections)
        .unwrap_or_default();
    let named = root
        .take("components")
        .map(Entry::named_sections)
        .unwrap_or_default();
    let listed = listed.into_iter().filter_map(|mut section| {
        let name = section.require("name").and_then(Entry::parsed);
        Component::read(section, name)
    });
    let named = named
        .into_iter()
        .filter_map(|(entry, section)| Component::read(section, entry.parsed_key()));
    let mut components: Vec<_> = listed.chain(named).collect();
    components.sort_by_key(|component| component.name.span.start);
    components
}

fn config(entry: Entry<'_>) -> Vec<(String, String)> {
    let Some(section) = entry.section() else {
        return Vec::new();
    };
    let pair = |entry: Entry<'_>| Some((entry.key.value.to_owned(), entry.string()?.value));
    section.entries().filter_map(pair).collect()
}

fn imports(entry: Entry<'_>) -> Vec<(Spanned<String>, Spanned<String>)> {
    let Some(section) = entry.section() else {
        return Vec::new();
    };
    let import = |entry: Entry<'_>| {
        let interface = entry.key.clone().map(str::to_owned);
        Some((interface, entry.parse(sentence)?))
    };
    section.entries().filter_map(import).collect()
}
