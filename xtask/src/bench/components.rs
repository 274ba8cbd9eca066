//! Starts of what real toolchains make: warm, and the first one.

use std::path::{Path, PathBuf};

use super::measure::pair;
use super::{Ours, remove, table};
use crate::cache::at;
use crate::fixtures;
use crate::step::{self, Result};

pub(super) fn python(ours: &Ours) -> Result {
    warm(ours, "python", "Python", 40, 0.10, Some(0.35))
}

pub(super) fn javascript(ours: &Ours) -> Result {
    warm(ours, "javascript", "JavaScript", 40, 0.09, None)
}

pub(super) fn go(ours: &Ours) -> Result {
    warm(ours, "go", "Go", 100, 0.40, None)
}

pub(super) fn rust(ours: &Ours) -> Result {
    warm(ours, "rust", "Rust", 200, 0.50, None)
}

/// A command that was run before, on both sides.
fn warm(
    ours: &Ours,
    toolchain: &str,
    language: &str,
    times: usize,
    bar: f64,
    peak: Option<f64>,
) -> Result {
    let file = hello(toolchain)?;
    let file = file.to_str().ok_or_else(|| at(&file, "not UTF-8"))?;
    let our_exec = || Ok(ours.v2(&ours.work, &["exec", file, "--", "0", "World"]));
    let their_run = || ours.wasmtime(&[file, "0", "World"]);
    step::quiet(&mut our_exec()?)?;
    step::quiet(&mut their_run()?)?;
    let samples = pair(times, our_exec, their_run, || Ok(()))?;
    table::wall(
        &format!("warm command by {language} ({})", size(Path::new(file))?),
        samples,
        bar,
    );
    if let Some(bar) = peak {
        table::peak(samples, bar);
    }
    Ok(())
}

/// The first run of a component that `run v2 build` has been over, against a
/// runtime that sees it for the first time.
pub(super) fn first(ours: &Ours) -> Result {
    let project = ours.work.join("first");
    std::fs::create_dir_all(&project).map_err(|error| at(&project, error))?;
    let component = project.join("hello.wasm");
    std::fs::copy(hello("python")?, &component).map_err(|error| at(&component, error))?;
    let manifest = project.join("run.toml");
    let text = "[project]\nname = \"first\"\nversion = \"0.1.0\"\n\n\
                [[component]]\nname = \"hello\"\npath = \"hello.wasm\"\n";
    std::fs::write(&manifest, text).map_err(|error| at(&manifest, error))?;
    let component = component.to_str().ok_or("the directory is not UTF-8")?;
    let samples = pair(
        3,
        || {
            remove(&ours.cache())?;
            step::quiet(&mut ours.v2(&project, &["build"]))?;
            Ok(ours.v2(&project, &["exec", "hello", "--", "0", "World"]))
        },
        || {
            remove(&ours.work.join("theirs"))?;
            ours.wasmtime(&[component, "0", "World"])
        },
        || Ok(()),
    )?;
    table::wall(
        "first run after `run v2 build` against a first `wasmtime run`, by Python",
        samples,
        0.02,
    );
    Ok(())
}

fn hello(toolchain: &str) -> Result<PathBuf> {
    fixtures::all()?
        .into_iter()
        .find(|fixture| fixture.toolchain == toolchain && fixture.component == "hello")
        .map(|fixture| fixture.path)
        .ok_or_else(|| format!("tests/toolchains has no {toolchain}"))
}

fn size(path: &Path) -> Result<String> {
    let bytes = std::fs::metadata(path)
        .map_err(|error| at(path, error))?
        .len();
    Ok(if bytes < 1 << 20 {
        format!("{} KB", bytes / 1000)
    } else {
        format!("{:.1} MB", bytes as f64 / 1e6)
    })
}
