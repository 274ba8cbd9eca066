//! The plugins a project can use: those that ship with `run`, and those it
//! names itself.

use std::path::{Path, PathBuf};

use miette::Diagnostic;
use run_files::Digest;
use run_files::nearest::nearest;
use run_plugins::api::{ProjectView, Watch};
use run_plugins::cancel::Cancel;
use run_plugins::consent::{Limits, Permissions};
use run_plugins::manifest::Kind;
use run_plugins::{CallError, LoadError, Plugin, Refused, SourceTree};

use crate::error::BuildError;
use crate::session::Session;
use crate::spec::Spec;

/// A plugin that ships with `run`: as the bundle has it.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// The name it goes by.
    pub name: &'static str,
    /// The SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// The component.
    pub bytes: &'static [u8],
}

/// Where a plugin is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It ships with `run`, and is granted what it asks for by that.
    Bundled,
    /// A file, named by the project.
    Path(PathBuf),
}

/// A plugin that was read, with what it may do.
#[derive(Clone)]
pub struct Available {
    /// The plugin.
    pub plugin: Plugin,
    /// What its user granted.
    pub granted: Permissions,
    /// Where it is from.
    pub origin: Origin,
    /// The language it was chosen for.
    pub language: String,
}

/// All of them, in the order they are asked: the project's own first.
#[derive(Clone, Default)]
pub struct PluginSet {
    plugins: Vec<Available>,
}

/// What a project says of one plugin.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Its name in `[plugins]`.
    pub name: String,
    /// Where it is to be had.
    pub source: DeclaredSource,
    /// What the lock file says of it.
    pub locked: Option<Locked>,
    /// What `[plugins.NAME.permissions]` allows it at most.
    pub limits: Limits,
}

/// Where a declared plugin is to be had.
#[derive(Debug, Clone)]
pub enum DeclaredSource {
    /// One that ships with `run`, in this range of versions.
    Bundled(semver::VersionReq),
    /// A file, absolute.
    Path(PathBuf),
    /// Somewhere this release cannot fetch from; what `run.toml` says.
    Elsewhere(String),
}

/// What `run.lock.toml` says of a plugin.
#[derive(Debug, Clone)]
pub struct Locked {
    /// The digest consent was given to.
    pub digest: Digest,
    /// What was granted.
    pub granted: Permissions,
}

/// Why the project's plugins cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum PluginsError {
    /// One was refused.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Load(#[from] LoadError),

    /// One was never agreed to, or asks for more than was agreed to.
    #[error("the plugin `{name}` asks for what it was not granted:\n{}", list(.asks))]
    #[diagnostic(
        code(run::plugin::consent),
        help(
            "look it over and grant it with `run v2 plugin add {name} --path …`; the answer is kept in run.lock.toml"
        )
    )]
    Consent {
        /// The plugin.
        name: String,
        /// What it asks for beyond what was granted.
        asks: Vec<String>,
    },

    /// The file is not the one that was agreed to.
    #[error(
        "the plugin `{name}` is not the one that run.lock.toml names\n  locked: {locked}\n  found:  {found}"
    )]
    #[diagnostic(
        code(run::plugin::digest),
        help("if the new file is meant, grant it with `run v2 plugin add {name} --path …`")
    )]
    Digest {
        /// The plugin.
        name: String,
        /// In the lock.
        locked: Digest,
        /// Of the file.
        found: Digest,
    },

    /// A source this release cannot fetch from.
    #[error(
        "the plugin `{name}` is to come from {place}, and this release of `run` has plugins that ship with it and from files"
    )]
    #[diagnostic(
        code(run::plugin::source),
        help("download it and name the file: `{name} = {{ path = \"…\" }}`")
    )]
    Elsewhere {
        /// The plugin.
        name: String,
        /// What `run.toml` says.
        place: String,
    },

    /// A bundled plugin of another version, or none of that name.
    #[error("no plugin `{name}` in a version that fits {wanted} ships with this `run`{}", .have.as_ref().map(|v| format!(" (it has {v})")).unwrap_or_default())]
    #[diagnostic(code(run::plugin::version), help("change the range in [plugins]"))]
    Version {
        /// The plugin.
        name: String,
        /// The range.
        wanted: semver::VersionReq,
        /// The version that ships.
        have: Option<semver::Version>,
    },

    /// No plugin has the language.
    #[error("no plugin builds the language `{language}`")]
    #[diagnostic(code(run::build::language), help("{help}"))]
    Language {
        /// As `run.toml` spells it.
        language: String,
        /// The nearest, or what there is.
        help: String,
        /// `run.toml`.
        #[source_code]
        source_code: miette::NamedSource<String>,
        /// The component.
        #[label("this component")]
        at: Option<miette::SourceSpan>,
    },

    /// The language is not named and no plugin knows the source.
    #[error("the language of `{name}` cannot be told from `{path}`")]
    #[diagnostic(
        code(run::build::detect),
        help("say it in run.toml: `language = \"…\"`; there is: {known}")
    )]
    Undetected {
        /// The component.
        name: String,
        /// Its source.
        path: String,
        /// The languages there are.
        known: String,
    },
}

impl PluginSet {
    /// Reads the shipped and the declared plugins.
    ///
    /// # Errors
    /// One is refused, cannot be had, or was not agreed to.
    pub fn read(shipped: &[Shipped], declared: &[Declared]) -> Result<Self, PluginsError> {
        let mut plugins = Vec::new();
        for entry in declared {
            if let DeclaredSource::Path(path) = &entry.source {
                plugins.push(from_path(entry, path)?);
            }
        }
        for shipped in shipped {
            let entry = declared.iter().find(|entry| entry.name == shipped.name);
            match entry.map(|entry| &entry.source) {
                Some(DeclaredSource::Path(_)) => continue,
                Some(DeclaredSource::Elsewhere(_)) | None | Some(DeclaredSource::Bundled(_)) => {}
            }
            plugins.push(from_bundle(shipped, entry)?);
        }
        for entry in declared {
            match &entry.source {
                DeclaredSource::Elsewhere(place) => {
                    return Err(PluginsError::Elsewhere {
                        name: entry.name.clone(),
                        place: place.clone(),
                    });
                }
                DeclaredSource::Bundled(wanted)
                    if !shipped.iter().any(|s| s.name == entry.name) =>
                {
                    return Err(PluginsError::Version {
                        name: entry.name.clone(),
                        wanted: wanted.clone(),
                        have: None,
                    });
                }
                _ => {}
            }
        }
        Ok(Self { plugins })
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Available] {
        &self.plugins
    }

    /// The plugin for a language, by name or alias; set to that language.
    #[must_use]
    pub fn for_language(&self, language: &str) -> Option<Available> {
        self.plugins.iter().find_map(|available| {
            let found = available.plugin.manifest.language(language)?;
            Some(available.serving(&found.name))
        })
    }

    /// Names of all languages.
    #[must_use]
    pub fn languages(&self) -> Vec<&str> {
        self.plugins
            .iter()
            .flat_map(|available| &available.plugin.manifest.languages)
            .map(|language| language.name.as_str())
            .collect()
    }

    /// The plugin that builds a component: by the language that is named, else
    /// by the ending of the source file, else by asking.
    pub(crate) fn choose(
        &self,
        spec: &Spec,
        language: Option<&str>,
        source: &Path,
        session: &Session<'_>,
    ) -> Result<Available, BuildError> {
        if let Some(language) = language {
            return self.for_language(language).ok_or_else(|| {
                let known = self.languages();
                let help = match nearest(language, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there is: {}", known.join(", ")),
                };
                PluginsError::Language {
                    language: language.to_owned(),
                    help,
                    source_code: spec.manifest.source(),
                    at: Some(spec.kind_span.clone().into()),
                }
                .into()
            });
        }
        let extension = source.extension().and_then(|extension| extension.to_str());
        let file = source.file_name().and_then(|name| name.to_str());
        let by_name = self.plugins.iter().find_map(|available| {
            let found = available
                .plugin
                .manifest
                .languages
                .iter()
                .find(|language| {
                    extension.is_some_and(|e| language.extensions.iter().any(|known| known == e))
                        || file.is_some_and(|f| language.files.iter().any(|known| known == f))
                        || language
                            .files
                            .iter()
                            .any(|marker| source.join(marker).is_file())
                })?;
            Some(available.serving(&found.name))
        });
        match by_name {
            Some(available) => Ok(available),
            None => self.ask(spec, source, session),
        }
    }

    /// Asks every builder; the surest wins.
    fn ask(
        &self,
        spec: &Spec,
        source: &Path,
        session: &Session<'_>,
    ) -> Result<Available, BuildError> {
        let watch = Watch {
            events: std::sync::Arc::new(run_plugins::events::Silent),
            cancel: Cancel::default(),
        };
        let mut best: Option<(u8, Available)> = None;
        for available in &self.plugins {
            if available.plugin.manifest.plugin.kind != Kind::LanguageBuilder {
                continue;
            }
            let tree = SourceTree::of(session_root(source), &available.plugin.manifest.source)
                .map_err(|error| {
                    BuildError::io(format!("cannot read `{}`", source.display()), error)
                })?;
            let source = std::fs::canonicalize(source).map_err(|error| {
                BuildError::io(format!("cannot read `{}`", source.display()), error)
            })?;
            let view = ProjectView {
                tree,
                source,
                settings: Vec::new(),
                cache: PathBuf::new(),
            };
            let builder = session
                .host()?
                .builder(&available.plugin, &available.granted)
                .map_err(CallError::from)?;
            if let Some(found) = builder.detect(&view, &watch)?
                && found.confidence > best.as_ref().map_or(0, |(confidence, _)| *confidence)
            {
                best = Some((found.confidence, available.serving(&found.language)));
            }
        }
        best.map(|(_, available)| available).ok_or_else(|| {
            PluginsError::Undetected {
                name: spec.name.clone(),
                path: source.display().to_string(),
                known: self.languages().join(", "),
            }
            .into()
        })
    }
}

/// Detection looks at the source itself and not around it.
fn session_root(source: &Path) -> &Path {
    if source.is_dir() {
        source
    } else {
        source.parent().unwrap_or(source)
    }
}

impl Available {
    fn serving(&self, language: &str) -> Self {
        Self {
            language: language.to_owned(),
            ..self.clone()
        }
    }
}

fn from_bundle(shipped: &Shipped, entry: Option<&Declared>) -> Result<Available, PluginsError> {
    let digest = Digest::from_bytes(shipped.digest);
    let plugin = Plugin::read_known(shipped.name, shipped.bytes.to_vec(), digest)?;
    if let Some(locked) = entry.and_then(|entry| entry.locked.as_ref())
        && locked.digest != digest
    {
        return Err(PluginsError::Digest {
            name: shipped.name.to_owned(),
            locked: locked.digest,
            found: digest,
        });
    }
    if let Some(Declared {
        source: DeclaredSource::Bundled(wanted),
        ..
    }) = entry
        && !wanted.matches(&plugin.manifest.plugin.version)
    {
        return Err(PluginsError::Version {
            name: shipped.name.to_owned(),
            wanted: wanted.clone(),
            have: Some(plugin.manifest.plugin.version.clone()),
        });
    }
    let asked = Permissions::requested(&plugin.manifest);
    let granted = match entry {
        Some(entry) => asked.narrowed_to(&entry.limits),
        None => asked,
    };
    Ok(Available {
        plugin,
        granted,
        origin: Origin::Bundled,
        language: String::new(),
    })
}

fn from_path(entry: &Declared, path: &Path) -> Result<Available, PluginsError> {
    let bytes = std::fs::read(path).map_err(|error| LoadError {
        plugin: entry.name.clone(),
        why: Refused::Unreadable {
            path: path.display().to_string(),
            reason: error.to_string(),
        },
    })?;
    let plugin = Plugin::read(&entry.name, bytes)?;
    let asked = Permissions::requested(&plugin.manifest);
    let granted = match &entry.locked {
        None => Permissions::default(),
        Some(locked) if locked.digest != plugin.digest() => {
            return Err(PluginsError::Digest {
                name: entry.name.clone(),
                locked: locked.digest,
                found: plugin.digest(),
            });
        }
        Some(locked) => locked.granted.clone(),
    };
    let beyond = asked.beyond(&granted);
    if entry.locked.is_none() || !beyond.is_empty() {
        return Err(PluginsError::Consent {
            name: entry.name.clone(),
            asks: beyond
                .sentences()
                .map(|(kind, sentence)| format!("{kind}: {sentence}"))
                .collect(),
        });
    }
    Ok(Available {
        granted: granted.narrowed_to(&entry.limits),
        plugin,
        origin: Origin::Path(path.to_owned()),
        language: String::new(),
    })
}

fn list(lines: &[String]) -> String {
    if lines.is_empty() {
        return "  nothing beyond reading the project; it was not agreed to yet".to_owned();
    }
    lines
        .iter()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
