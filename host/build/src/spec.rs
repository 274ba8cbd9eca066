//! One component as the build flow needs it.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use run_plugins::manifest::{Manifest, SettingKind, SettingValue};

use crate::error::BuildError;

/// What a component is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Source that a plugin, or the host for WebAssembly text, compiles.
    Source {
        /// The file or directory, absolute.
        source: PathBuf,
        /// As `run.toml` spells it.
        language: Option<String>,
    },
    /// A file that is there already, or its text beside it.
    Prebuilt {
        /// The file, absolute.
        path: PathBuf,
    },
}

/// One component with all paths absolute.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Its name.
    pub name: String,
    /// What it is made from.
    pub kind: Kind,
    /// Its WIT file or directory, absolute.
    pub wit: Option<PathBuf>,
    /// The world in it, where there are several.
    pub world: Option<String>,
    /// `[component.settings]` with where each stands in `run.toml`.
    pub settings: Vec<(String, SettingValue, Range<usize>)>,
    /// `run.toml`, for messages.
    pub manifest: Arc<ManifestText>,
    /// Where `source` or `path` stands in it.
    pub kind_span: Range<usize>,
    /// Where `wit` stands in it.
    pub wit_span: Option<Range<usize>>,
}

/// `run.toml`'s name and text.
#[derive(Debug)]
pub struct ManifestText {
    /// What messages call it.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl ManifestText {
    pub(crate) fn source(&self) -> miette::NamedSource<String> {
        miette::NamedSource::new(&self.name, self.text.clone())
    }
}

impl Spec {
    /// The settings as the plugin gets them: checked against its manifest, with
    /// its defaults for what is not set.
    pub(crate) fn settings_for(
        &self,
        manifest: &Manifest,
    ) -> Result<Vec<(String, SettingValue)>, BuildError> {
        for (key, value, span) in &self.settings {
            let fail = |message: String, help: String| BuildError::Setting {
                message,
                help,
                source_code: self.manifest.source(),
                at: Some(span.clone().into()),
            };
            let Some(declared) = manifest.settings.iter().find(|s| s.name == *key) else {
                let names = || manifest.settings.iter().map(|s| s.name.as_str());
                let help = match run_files::nearest::nearest(key, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it has: {}", names().collect::<Vec<_>>().join(", ")),
                };
                return Err(fail(
                    format!("the plugin `{}` has no setting `{key}`", manifest.plugin.id),
                    help,
                ));
            };
            let fits = value.fits(declared.kind)
                || (declared.kind == SettingKind::Strings
                    && value == &SettingValue::Strings(vec![]));
            if !fits {
                return Err(fail(
                    format!("`{key}` must be {}, not {}", declared.kind, value.kind()),
                    declared.doc.clone(),
                ));
            }
            if let Some(values) = &declared.values
                && let Some(other) = value.texts().iter().find(|text| !values.contains(text))
            {
                return Err(fail(
                    format!("`{other}` is no value of `{key}`"),
                    format!("it may be: {}", values.join(", ")),
                ));
            }
        }
        Ok(manifest
            .settings
            .iter()
            .filter_map(|declared| {
                let set = self.settings.iter().find(|(key, ..)| *key == declared.name);
                let value = set
                    .map(|(_, value, _)| value)
                    .or(declared.default.as_ref())?;
                Some((declared.name.clone(), value.clone()))
            })
            .collect())
    }

    /// An error about the file that `source`, `path` or `wit` names.
    pub(crate) fn missing(
        &self,
        what: String,
        help: &str,
        span: Option<Range<usize>>,
    ) -> BuildError {
        BuildError::Missing {
            what,
            help: help.to_owned(),
            source_code: self.manifest.source(),
            at: span.map(Into::into),
        }
    }
}
