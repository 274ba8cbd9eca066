//! Builds components from Rust: packages, members of workspaces, and source
//! files that belong to no package.
//!
//! A build has two steps. Dependencies are fetched with the network and without
//! running anything of theirs; then everything is compiled without the network,
//! writing nothing outside the cache.

mod advice;
mod bindings;
mod cargo;
mod compile;
mod dep_info;
mod detect;
mod diagnostic;
mod fetch;
mod hidden;
mod inputs;
mod messages;
mod metadata;
mod request;
mod rustflags;
mod select;
mod source;
mod source_map;
mod stamp;
mod stderr;
mod templates;
mod unit;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use run_builder_shared::starters;
use run_plugin_api::{
    Artifact, Builder, Detection, Error, Job, Project, Result, Template, ToolRequirement, files,
};

use compile::{Built, Outcome};
use fetch::Fetched;
use hidden::Hidden;
use metadata::Metadata;
use request::{Request, SOURCE_TREE};
use select::Selected;
use source::Source;
use unit::Unit;

struct Rust;

impl Builder for Rust {
    fn detect(project: &Project) -> Result<Option<Detection>> {
        Ok(detect::detect(project))
    }

    fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
        detect::toolchain(project)
    }

    fn build(job: &Job) -> Result<Vec<Artifact>> {
        let request = Request::of(job);
        let plan = plan(&request)?;
        let built = build(&plan, &request)?;
        for input in plan.inputs.iter().chain(&built.inputs) {
            job.depends_on(input);
        }
        let artifact = request.artifact();
        files::copy(&built.artifact, &artifact)?;
        Ok(vec![Artifact::component(artifact)])
    }

    fn templates(_language: &str) -> Vec<Template> {
        starters::templates(templates::STARTERS)
    }

    fn scaffold(_language: &str, template: &str, name: &str) -> Result<Vec<PathBuf>> {
        starters::write(templates::STARTERS, template, name, Path::new("/out"))
    }
}

run_plugin_api::builder!(Rust);
run_plugin_api::manifest!("plugin.toml");

/// What is to be built, worked out from the source tree.
struct Plan {
    unit: Unit,
    /// The `Cargo.toml` of every package of the workspace.
    manifests: BTreeSet<PathBuf>,
    /// What the plan itself depends on.
    inputs: Vec<String>,
}

fn plan(request: &Request) -> Result<Plan> {
    match source::find(&request.source, Path::new(SOURCE_TREE))? {
        Source::Manifest(manifest) => {
            let metadata = Metadata::of(&manifest)?;
            let selected = select::by_settings(&metadata, &manifest, request)?;
            of_package(&metadata, selected, request)
        }
        Source::File { file, nearest } => {
            if let Some(manifest) = nearest {
                let metadata = Metadata::of(&manifest)?;
                if let Some(selected) = select::by_file(&metadata, &manifest, &file)? {
                    return of_package(&metadata, selected, request);
                }
            }
            let unit = Unit::of_hidden(Hidden::write(&file, request)?, request);
            let manifests = BTreeSet::from([unit.manifest.clone()]);
            Ok(Plan {
                unit,
                manifests,
                inputs: Vec::new(),
            })
        }
    }
}

fn of_package(metadata: &Metadata, selected: Selected<'_>, request: &Request) -> Result<Plan> {
    let inputs = match selected.package.is_cargo_component() {
        true => bindings::update(selected.package, request)?,
        false => Vec::new(),
    };
    Ok(Plan {
        unit: Unit::of_package(&metadata.workspace_root, selected, request),
        manifests: metadata
            .packages
            .iter()
            .map(|package| package.manifest_path.clone())
            .collect(),
        inputs,
    })
}

fn build(plan: &Plan, request: &Request) -> Result<Built> {
    let Plan {
        unit, manifests, ..
    } = plan;
    let mut fetched = fetch::run(unit, manifests, request)?;
    let mut outcome = compile::run(unit, request)?;
    if let (Fetched::Remembered, Outcome::Stuck(_)) = (&fetched, &outcome) {
        // What was fetched once may have been removed since.
        fetched = fetch::fetch(unit, manifests, request)?;
        outcome = compile::run(unit, request)?;
    }
    match (outcome, fetched) {
        (Outcome::Built(built), fetched) => {
            if !matches!(fetched, Fetched::Failed(_)) && !request.offline {
                fetch::stamp(unit, request).write(&built.manifests)?;
            }
            Ok(built)
        }
        (Outcome::Rejected { errors }, _) => Err(Error::failed(format!(
            "`{}` does not compile: {errors} error{}",
            unit.package,
            if errors == 1 { "" } else { "s" }
        ))),
        // The download is why the compiler could not go on.
        (Outcome::Stuck(_), Fetched::Failed(error)) | (Outcome::Stuck(error), _) => Err(error),
    }
}
