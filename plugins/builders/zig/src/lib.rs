//! Builds components from Zig: root files, and projects with `build.zig`.
//!
//! The bindings of a component's world are C, generated here, with the same
//! declarations in Zig beside them: source says `@import("wit")`. The compiler
//! makes a core module that carries the world, and the host the component.

mod bindings;
mod compile;
mod detect;
mod header;
mod inputs;
mod request;
mod said;
mod script;
mod source;
mod templates;
mod tokens;

use std::path::{Path, PathBuf};

use run_builder_shared::starters;
use run_plugin_api::{
    Artifact, Builder, Detection, Job, Project, Result, Template, ToolRequirement,
};

use request::Request;
use source::Source;

struct Zig;

impl Builder for Zig {
    fn detect(project: &Project) -> Result<Option<Detection>> {
        Ok(detect::detect(project))
    }

    fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
        detect::toolchain(project)
    }

    fn build(job: &Job) -> Result<Vec<Artifact>> {
        let request = Request::of(job)?;
        let (artifact, inputs) = match source::find(&request.source)? {
            Source::Project(directory) => script::project(&directory, &request)?,
            Source::File(root) => compile::file(&root, &request)?,
        };
        inputs.iter().for_each(|input| job.depends_on(input));
        Ok(vec![artifact])
    }

    fn templates(_language: &str) -> Vec<Template> {
        starters::templates(templates::STARTERS)
    }

    fn scaffold(_language: &str, template: &str, name: &str) -> Result<Vec<PathBuf>> {
        starters::write(templates::STARTERS, template, name, Path::new("/out"))
    }
}

run_plugin_api::builder!(Zig);
run_plugin_api::manifest!("plugin.toml");
