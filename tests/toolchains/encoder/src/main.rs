//! What the toolchains that end at a core module leave to do: bindings before
//! the compiler and the component after it. `cargo xtask fixtures` runs it; as a
//! program of its own it keeps the generators out of every other chore.

#![allow(clippy::print_stderr)]

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_bindgen_core::{Files, WorldGenerator};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{Resolve, WorldId};

const USAGE: &str = "\
usage: run-fixture-encoder bindings c|go WIT WORLD DIRECTORY
       run-fixture-encoder command MODULE COMPONENT
       run-fixture-encoder reactor MODULE COMPONENT [WIT WORLD]
";

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let args: Vec<&Path> = args.iter().map(Path::new).collect();
    let words: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    let result = match (words.as_slice(), args.as_slice()) {
        (["bindings", language @ ("c" | "go"), _, world, _], [_, _, wit, _, out]) => {
            bindings(language, wit, world, out)
        }
        (["command", ..], [_, module, out]) => {
            encode(module, out, WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER, None)
        }
        // The object that the C generator makes carries the world itself.
        (["reactor", ..], [_, module, out]) => {
            encode(module, out, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER, None)
        }
        (["reactor", _, _, _, world], [_, module, out, wit, _]) => encode(
            module,
            out,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
            Some((wit, world)),
        ),
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn bindings(language: &str, wit: &Path, world: &str, out: &Path) -> Result {
    let (mut resolve, world) = load(wit, world)?;
    let mut generator: Box<dyn WorldGenerator> = match language {
        "c" => wit_bindgen_c::Opts::default().build(),
        _ => wit_bindgen_go::Opts::default().build(),
    };
    let mut files = Files::default();
    generator
        .generate(&mut resolve, world, &mut files)
        .map_err(|error| format!("{error:#}"))?;
    for (name, content) in files.iter() {
        let path = out.join(name);
        fs::create_dir_all(path.parent().unwrap_or(out))?;
        fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn encode(module: &Path, out: &Path, adapter: &[u8], typed: Option<(&Path, &str)>) -> Result {
    let mut bytes = fs::read(module).map_err(|error| format!("{}: {error}", module.display()))?;
    if let Some((wit, world)) = typed {
        let (resolve, world) = load(wit, world)?;
        wit_component::embed_component_metadata(&mut bytes, &resolve, world, StringEncoding::UTF8)
            .map_err(|error| format!("{error:#}"))?;
    }
    let component = ComponentEncoder::default()
        .module(&bytes)
        .and_then(|encoder| encoder.adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, adapter))
        .and_then(|encoder| encoder.validate(true).encode())
        .map_err(|error| format!("{}: {error:#}", module.display()))?;
    fs::write(out, component).map_err(|error| format!("{}: {error}", out.display()))?;
    Ok(())
}

fn load(wit: &Path, world: &str) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_path(wit)
        .map_err(|error| format!("{error:#}"))?;
    let world = resolve
        .select_world(&[package], Some(world))
        .map_err(|error| format!("{error:#}"))?;
    Ok((resolve, world))
}
