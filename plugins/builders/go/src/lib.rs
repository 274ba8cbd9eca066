//! Builds components from Go: packages of modules, and files of none, with Go
//! itself or with TinyGo.
//!
//! The bindings of a component's world are generated here, beside a copy of the
//! packages in the cache. Modules are fetched first, with the network and
//! without running anything; then everything is compiled without it.

mod advice;
mod compile;
mod detect;
mod fetch;
mod generated;
mod go;
mod go_file;
mod memory;
mod module_file;
mod modules;
mod packages;
mod request;
mod said;
mod source;
mod templates;
mod tinygo;
mod workspace;

use std::path::{Path, PathBuf};

use run_builder_shared::starters;
use run_plugin_api::{
    Artifact, Builder, Detection, Job, Project, Result, Template, ToolRequirement, process,
};

use request::{Request, SOURCE_TREE};

struct Go;

impl Builder for Go {
    fn detect(project: &Project) -> Result<Option<Detection>> {
        Ok(detect::detect(project))
    }

    fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
        detect::toolchain(project)
    }

    fn build(job: &Job) -> Result<Vec<Artifact>> {
        let request = Request::of(job)?;
        let source = source::find(&request.source, Path::new(SOURCE_TREE))?;
        let (artifact, inputs) = match tiny(&request) {
            true => tinygo::component(&source, &request)?,
            false => compile::component(&source, &request)?,
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

run_plugin_api::builder!(Go);
run_plugin_api::manifest!("plugin.toml");

/// Whether TinyGo compiles: where it is asked for, or is all there is.
fn tiny(request: &Request) -> bool {
    match request.compiler.as_deref() {
        Some(compiler) => compiler == "tinygo",
        None => !process::available("go") && process::available("tinygo"),
    }
}
