//! Builds components from Python: modules and packages written against a WIT
//! world, and scripts, which become commands.
//!
//! A build has two steps. Packages are fetched with the network and without
//! running anything of theirs; then componentize-py imports the modules inside
//! its own WebAssembly, without the network, and keeps the interpreter as it is
//! afterwards.

mod componentize;
mod detect;
mod packages;
mod report;
mod request;
mod requirements;
mod source;
mod stage;
mod templates;
mod traceback;
mod world;

use std::path::{Path, PathBuf};

use run_builder_shared::{paths, starters};
use run_plugin_api::{
    Artifact, Builder, Detection, Job, Project, Result, Template, ToolRequirement, files,
};

use componentize::Parts;
use report::Sources;
use request::{Kind, Request, SOURCE_TREE};
use requirements::Requirements;
use source::Module;
use stage::Staged;

/// Why the same modules give other bytes each time.
const IRREPRODUCIBLE: &str = "a component of Python holds its interpreter as it was once the \
     modules were imported, with times and identities of files that differ from build to build";

struct Python;

impl Builder for Python {
    fn detect(project: &Project) -> Result<Option<Detection>> {
        Ok(detect::detect(project))
    }

    fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
        detect::toolchain(project)
    }

    fn build(job: &Job) -> Result<Vec<Artifact>> {
        job.irreproducible(IRREPRODUCIBLE);
        if job.reproducible() {
            // Refused by that: what would be built is not wanted.
            return Ok(Vec::new());
        }
        let request = Request::of(job);
        for input in build(&request)? {
            job.depends_on(&input);
        }
        Ok(vec![Artifact::component(&request.artifact)])
    }

    fn templates(_language: &str) -> Vec<Template> {
        starters::templates(templates::STARTERS)
    }

    fn scaffold(_language: &str, template: &str, name: &str) -> Result<Vec<PathBuf>> {
        starters::write(templates::STARTERS, template, name, Path::new("/out"))
    }
}

run_plugin_api::builder!(Python);
run_plugin_api::manifest!("plugin.toml");

/// Builds the component and returns what it depends on.
fn build(request: &Request) -> Result<Vec<String>> {
    let module = source::find(
        &request.source,
        request.module.as_deref(),
        Path::new(SOURCE_TREE),
    )?;
    let home = request.cache.join("components").join(&request.name);
    let staged = Staged::update(&module, &request.include, &home.join("modules"))?;
    let asked = Requirements::find(
        request.requirements.as_deref(),
        &request.project,
        &module.root,
    )?;
    let environment = packages::environment(&asked, request)?;

    let mut path = vec![staged.directory.clone()];
    let (declared, entry) = match &request.declared {
        Some(declared) => (declared.clone(), module.name.clone()),
        None => {
            let declared = world::of(request.kind, &request.cache)?;
            let entry = if is_script(&module, request)? {
                path.push(runner(&module, request, &home)?);
                world::RUNNER_MODULE.to_owned()
            } else {
                module.name.clone()
            };
            (declared, entry)
        }
    };
    if request.bindings {
        componentize::bindings(&declared, request)?;
    }
    let parts = Parts {
        declared: &declared,
        path: &path,
        environment: &environment,
        module: &entry,
    };
    let sources = Sources {
        module: &module,
        project: &request.project,
    };
    componentize::run(&parts, sources, request)?;

    let mut inputs = staged.inputs();
    inputs.extend(asked.inputs.iter().map(|file| paths::escaped(file)));
    Ok(inputs)
}

/// Whether the module is run rather than called.
fn is_script(module: &Module, request: &Request) -> Result<bool> {
    let text = files::read_to_string(&module.file)?;
    Ok(request.kind == Kind::Command && !world::implements_world(&text))
}

/// Writes the module that runs the script; returns its directory.
fn runner(module: &Module, request: &Request, home: &Path) -> Result<PathBuf> {
    let below = |root: &Path| {
        let path = module.file.strip_prefix(root).unwrap_or(&module.file);
        paths::text(path)
    };
    let staged = format!("{}/{}", report::STAGED, below(&module.root));
    let directory = home.join("runner");
    world::runner(&staged, &below(&request.project), &directory)?;
    Ok(directory)
}
