//! Which plugin builds a component.

use std::path::{Path, PathBuf};

use run_files::nearest::nearest;
use run_plugins::api::{ProjectView, Watch};
use run_plugins::cancel::Cancel;
use run_plugins::manifest::Kind;
use run_plugins::{CallError, SourceTree};

use super::{Available, PluginSet, PluginsError};
use crate::error::BuildError;
use crate::session::Session;
use crate::spec::Spec;

impl PluginSet {
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
