//! Plugins that turn source into components.

use crate::bindings::language_builder::exports::run::plugin::builder as exports;
use crate::bindings::language_builder::run::plugin::{build_context, types};
use crate::process::guest_path;
use crate::{Error, Result};

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

pub use build_context::{Job, Profile, Project};
pub use exports::{Artifact, ArtifactKind, Detection, Template, ToolRequirement};

/// A language builder. Only [`build`](Self::build) has to be written; export
/// the type with [`builder!`](crate::builder).
pub trait Builder {
    /// Whether a component without `language` is in one of this plugin's
    /// languages. Looks at `/src`, runs nothing.
    ///
    /// # Errors
    /// `/src` cannot be read.
    fn detect(project: &Project) -> Result<Option<Detection>> {
        let _ = project;
        Ok(None)
    }

    /// Which of the manifest's tools this project needs, and in which
    /// versions. Looks at `/src`, runs nothing.
    ///
    /// # Errors
    /// `/src` cannot be read, or asks for a version in a way that cannot hold.
    fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
        let _ = project;
        Ok(Vec::new())
    }

    /// Builds one component into `/out`, reporting diagnostics on the way and
    /// declaring every file it depends on.
    ///
    /// # Errors
    /// Whatever stopped it.
    fn build(job: &Job) -> Result<Vec<Artifact>>;

    /// The starters [`scaffold`](Self::scaffold) can write, the default first.
    fn templates(language: &str) -> Vec<Template> {
        let _ = language;
        Vec::new()
    }

    /// Writes a starter for a project called `name` below `/out`; returns the
    /// paths of its files there.
    ///
    /// # Errors
    /// There is no such template, or it cannot be written.
    fn scaffold(language: &str, template: &str, name: &str) -> Result<Vec<PathBuf>> {
        let _ = name;
        Err(Error::not_found(format!(
            "there is no template `{template}` for `{language}`"
        )))
    }
}

impl Project {
    /// A setting of type `bool`; `false` where it is not set.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.setting(key).is_some_and(|value| value == "true")
    }
}

impl Artifact {
    /// An artifact at `path` below `/out`.
    #[must_use]
    pub fn new(kind: ArtifactKind, path: impl AsRef<Path>) -> Self {
        Self {
            kind,
            path: guest_path(path.as_ref()),
            attributes: Vec::new(),
        }
    }

    /// A finished component at `path` below `/out`.
    #[must_use]
    pub fn component(path: impl AsRef<Path>) -> Self {
        Self::new(ArtifactKind::Component, path)
    }

    /// A core module at `path` below `/out`, which the host makes a component
    /// of with the world it embeds.
    #[must_use]
    pub fn core_module(path: impl AsRef<Path>) -> Self {
        Self::new(ArtifactKind::CoreModule, path)
    }

    /// Notes something about it, e.g. which compiler made it.
    #[must_use]
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.push(types::Attribute {
            key: key.into(),
            value: value.into(),
        });
        self
    }
}

impl Template {
    /// A template; the summary is a few words.
    #[must_use]
    pub fn new(name: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            summary: summary.into(),
        }
    }
}

/// Answers the contract's calls with a [`Builder`]. The macro
/// [`builder!`](crate::builder) uses it; plugins do not.
#[doc(hidden)]
#[derive(Debug)]
pub struct Exported<B>(PhantomData<B>);

impl<B: Builder> exports::Guest for Exported<B> {
    fn detect(project: &Project) -> Result<Option<Detection>, types::Error> {
        Ok(B::detect(project)?)
    }

    fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>, types::Error> {
        Ok(B::toolchain(project)?)
    }

    fn build(job: &Job) -> Result<Vec<Artifact>, types::Error> {
        Ok(B::build(job)?)
    }

    fn templates(language: String) -> Vec<Template> {
        B::templates(&language)
    }

    fn scaffold(
        language: String,
        template: String,
        name: String,
    ) -> Result<Vec<String>, types::Error> {
        let files = B::scaffold(&language, &template, &name)?;
        Ok(files.iter().map(|file| guest_path(file)).collect())
    }
}
