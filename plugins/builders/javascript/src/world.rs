//! The world a script is built for, with what its prelude needs besides.

use std::path::Path;

use run_plugin_api::{Error, Result};
use wit_parser::{CloneMaps, Resolve, WorldId, WorldItem};

use crate::modules::Natives;
use crate::quickjs;

/// What the prelude needs of WASI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// `console`.
    Console,
    /// `console`, arguments, environment and exit, and `wasi:cli/run` exported.
    Program,
}

const PROGRAM: &str = "package run:program;
world program {
  export wasi:cli/run@0.2.9;
}
package wasi:cli@0.2.9 {
  interface run {
    run: func() -> result;
  }
}";

fn unusable(error: impl std::fmt::Display) -> Error {
    Error::invalid_input(format!("the component's WIT cannot be used: {error:#}"))
}

/// A package and its world; the host has read them before.
pub(crate) fn declared(wit: &Path, world: &str) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit).map_err(unusable)?;
    let world = resolve
        .select_world(&[package], Some(world))
        .map_err(unusable)?;
    Ok((resolve, world))
}

/// The world of a program that has none of its own.
pub(crate) fn program() -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let package = resolve
        .push_source("program.wit", PROGRAM)
        .map_err(unusable)?;
    let world = resolve.select_world(&[package], None).map_err(unusable)?;
    Ok((resolve, world))
}

/// Adds the interfaces that the prelude calls.
pub(crate) fn furnish(resolve: &mut Resolve, world: WorldId, needs: Needs) -> Result<()> {
    let wanted: &[&str] = match needs {
        Needs::Nothing => return Ok(()),
        Needs::Console => &["wasi:io/", "wasi:cli/stdout@", "wasi:cli/stderr@"],
        Needs::Program => &[
            "wasi:io/",
            "wasi:cli/stdout@",
            "wasi:cli/stderr@",
            "wasi:cli/stdin@",
            "wasi:cli/environment@",
            "wasi:cli/exit@",
        ],
    };
    let (mut more, from) = quickjs::interfaces("wasi:cli@0.2.9:imports")?;
    let mut imports = std::mem::take(&mut more.worlds[from].imports);
    imports.retain(|key, _| {
        let name = more.name_world_key(key);
        wanted.iter().any(|wanted| name.starts_with(wanted))
    });
    more.worlds[from].imports = imports;
    let remap = resolve.merge(more).map_err(unusable)?;
    let from = remap
        .map_world(from, Default::default())
        .map_err(unusable)?;
    resolve
        .merge_worlds(from, world, &mut CloneMaps::default())
        .map_err(unusable)
}

/// What the world imports, by every name a source may use.
pub(crate) fn natives(resolve: &Resolve, world: WorldId) -> Natives {
    let mut natives = Natives::default();
    for (key, item) in &resolve.worlds[world].imports {
        if matches!(item, WorldItem::Type { .. }) {
            continue;
        }
        let name = resolve.name_world_key(key);
        if let Some((plain, _)) = name.split_once('@') {
            natives.0.entry(plain.to_owned()).or_insert(name.clone());
        }
        natives.0.insert(name.clone(), name);
    }
    natives
}
