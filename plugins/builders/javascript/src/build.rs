//! From a source to a component, whatever engine runs it.

use std::path::{Path, PathBuf};

use run_plugin_api::events::Step;
use run_plugin_api::{Job, Result, events, files};
use wit_parser::{Resolve, WorldId};

use crate::engine::{self, Engine};
use crate::modules::{Graph, Natives, Shape, bundle};
use crate::request::Request;
use crate::wide::Wide;
use crate::world::{self, Needs};
use crate::{declarations, exports, gaps, jco, prelude, quickjs, source, typecheck};

/// Builds the component; returns every file that it depends on.
pub(crate) fn build(job: &Job, request: &Request) -> Result<Vec<PathBuf>> {
    let entry = source::entry(&request.source)?;
    let step = Step::new(&format!("{}: bundling", request.name), None);
    let (mut resolve, world, shape) = match &request.world {
        Some((wit, name)) => {
            let (resolve, world) = world::declared(wit, name)?;
            (resolve, world, Shape::Exports)
        }
        None => {
            let (resolve, world) = world::program()?;
            (resolve, world, Shape::Program)
        }
    };
    let types = declarations::write(&resolve, world, request)?;
    let graph = Graph::of(&entry, &visible(&resolve, world, shape)?)?;
    let shape = exports::check(&resolve, world, &graph, &entry, shape)?;
    let engine = engine::choose(&graph, request)?;
    let mut inputs: Vec<PathBuf> = graph.inputs.iter().cloned().collect();
    step.relabel(&format!("{}: checking types", request.name));
    inputs.extend(typecheck::check(&entry, types.as_deref(), request)?);

    let console = shape == Shape::Program || graph.uses(&["console"]).is_some();
    let needs = match (engine, shape) {
        (_, Shape::Program) => Needs::Program,
        (Engine::QuickJs, Shape::Exports) if console => Needs::Console,
        _ => Needs::Nothing,
    };
    if engine == Engine::QuickJs {
        gaps::refuse(&resolve, world)?;
    }
    world::furnish(&mut resolve, world, needs)?;
    let natives = world::natives(&resolve, world);
    let wide = match engine {
        Engine::QuickJs => Wide::of(&resolve, world),
        Engine::StarlingMonkey => None,
    };
    let prelude = prelude::of(needs, engine, &natives, wide);
    let bundle = bundle(&graph, &prelude, shape);
    match engine {
        Engine::QuickJs => {
            step.relabel(&format!("{}: initialising", request.name));
            quickjs::initialize(&bundle, &resolve, world, request)?;
        }
        Engine::StarlingMonkey => {
            step.relabel(&format!("{}: running jco", request.name));
            jco::componentize(&bundle, &resolve, world, &graph, request)?;
            job.irreproducible("the memory that jco keeps differs from run to run");
        }
    }
    if events::cancelled() {
        return Err(run_plugin_api::Error::cancelled());
    }
    Ok(inputs)
}

/// The imports that a source may name.
fn visible(resolve: &Resolve, world: WorldId, shape: Shape) -> Result<Natives> {
    let mut resolve = resolve.clone();
    if shape == Shape::Program {
        world::furnish(&mut resolve, world, Needs::Program)?;
    }
    Ok(world::natives(&resolve, world))
}

/// Writes a script where children and the host find it.
pub(crate) fn script(text: &str) -> Result<&'static Path> {
    // In a directory of its own: jco makes that its working directory, and loses
    // temporary files of its own that are below it.
    let path = Path::new("/tmp/script/script.js");
    files::write(path, text)?;
    Ok(path)
}
