//! Compiling the module of a root file.

use std::path::{Path, PathBuf};

use run_builder_shared::world::World;
use run_plugin_api::process::{Argument, Command};
use run_plugin_api::{Artifact, Error, Result, files};

use crate::bindings::Bindings;
use crate::inputs;
use crate::request::Request;
use crate::said::Said;

/// Zig's own cache, which all projects share: the C library and the compiler's
/// runtime are compiled once for the machine.
const SHARED_CACHE: &str = "/dirs/cache";

/// Builds the component of a root file; returns it and what it was made of.
pub(crate) fn file(root: &Path, request: &Request) -> Result<(Artifact, Vec<String>)> {
    let shape = Shape::of(root, request)?;
    let module = request.work().join("module.wasm");
    let command = command(root, &module, &shape, request)?;
    crate::said::run(
        command,
        "compiling",
        request,
        Said::new(directory(root), shape.bindings.as_ref()),
    )?;
    let artifact = request.output.join(format!("{}.wasm", request.name));
    files::copy(&module, &artifact)?;
    let artifact = match shape.bindings {
        // The object that was linked in says which world it is.
        Some(_) => Artifact::core_module(&artifact),
        None => finished(&artifact, request)?,
    };
    Ok((artifact, inputs::of_file(root)))
}

/// A module that was linked without bindings, marked with the world where one
/// is declared.
pub(crate) fn finished(artifact: &Path, request: &Request) -> Result<Artifact> {
    if let Some(world) = &request.world {
        let mut bytes =
            std::fs::read(artifact).map_err(|error| Error::file("read", artifact, &error))?;
        world.without_run().embed_in(&mut bytes)?;
        files::write(artifact, bytes)?;
    }
    Ok(Artifact::core_module(artifact))
}

/// What kind of module it becomes.
struct Shape {
    /// It has no `main` that runs: its exports are called.
    library: bool,
    bindings: Option<Bindings>,
}

impl Shape {
    fn of(root: &Path, request: &Request) -> Result<Self> {
        let program = has_main(&files::read_to_string(root)?);
        let Some(world) = &request.world else {
            return match program {
                true => Ok(Self {
                    library: false,
                    bindings: None,
                }),
                false => Err(Error::invalid_input(format!(
                    "`{}` has no `pub fn main`, and the component has no `wit`",
                    root.display()
                ))
                .with_help(
                    "a program needs `pub fn main`; a component with a typed interface needs \
                     `wit = \"…\"` in run.toml",
                )),
            };
        };
        let library = !(program && world.is_program());
        let world = match library {
            true => world.clone(),
            false => world.without_run(),
        };
        Ok(Self {
            library,
            bindings: bindings(&world, request)?,
        })
    }
}

/// The bindings, where the world has anything to bind.
fn bindings(world: &World, request: &Request) -> Result<Option<Bindings>> {
    let inner = &world.resolve.worlds[world.id];
    if inner.imports.is_empty() && inner.exports.is_empty() {
        return Ok(None);
    }
    Bindings::write(world, &request.work().join("bindings")).map(Some)
}

fn command(root: &Path, module: &Path, shape: &Shape, request: &Request) -> Result<Command> {
    files::create_dir(request.work())?;
    let mut command = Command::new("zig")
        .args(["build-exe", "--color", "off", "-target", "wasm32-wasi"])
        .args(["-O", &request.optimize])
        .arg(format!("-j{}", request.jobs.max(1)))
        .arg(Argument::from("-femit-bin=").path(module))
        .env("ZIG_GLOBAL_CACHE_DIR", Path::new(SHARED_CACHE))
        .env("ZIG_LOCAL_CACHE_DIR", local_cache(request).as_path())
        .current_dir(directory(root));
    if request.reproducible {
        // What is stripped would name this machine's directories.
        command = command.arg("-fstrip");
    }
    if shape.library {
        command = command.args(["-mexec-model=reactor", "-fno-entry", "-rdynamic"]);
    }
    if shape.bindings.is_some() || request.libc {
        command = command.arg("-lc");
    }
    let Some(bindings) = &shape.bindings else {
        return Ok(command.arg(Argument::from("-Mroot=").path(root)));
    };
    Ok(command
        .arg("-I")
        .arg(bindings.directory.as_path())
        // Generated code is not to be checked for what C leaves undefined.
        .args(["-cflags", "-fno-sanitize=undefined", "--"])
        .arg(bindings.source.as_path())
        .arg(bindings.object.as_path())
        .args(["--dep", "wit"])
        .arg(Argument::from("-Mroot=").path(root))
        .arg(Argument::from("-Mwit=").path(&bindings.zig)))
}

/// Where this project's own intermediate files are.
pub(crate) fn local_cache(request: &Request) -> PathBuf {
    request.cache.join("zig")
}

fn directory(root: &Path) -> &Path {
    root.parent().unwrap_or(Path::new("/src"))
}

fn has_main(source: &str) -> bool {
    source
        .lines()
        .any(|line| line.starts_with("pub fn main(") || line.starts_with("pub const main "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn a_program_and_a_library_are_compiled_differently() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().join("main.zig");
        let mut request = Request {
            cache: temp.path().join("cache"),
            ..request::sample()
        };
        let line = |request: &Request| {
            let shape = Shape::of(&root, request)?;
            let module = Path::new("/cache/m.wasm");
            Ok::<_, Error>(command(&root, module, &shape, request)?.to_string())
        };
        files::write(&root, "pub fn main() void {}").unwrap();
        let program = line(&request).unwrap();
        assert!(program.contains("-O ReleaseSmall") && !program.contains("-lc"));
        assert!(!program.contains("reactor"), "{program}");

        files::write(&root, "export fn x() void {}").unwrap();
        let error = line(&request).unwrap_err();
        assert!(error.message().contains("no `pub fn main`"), "{error}");

        let wit = temp.path().join("wit");
        files::write(wit.join("w.wit"), include_str!("../tests/data/types.wit")).unwrap();
        request.world = Some(World::load(&wit, "demo:types/everything").unwrap());
        request.reproducible = true;
        let library = line(&request).unwrap();
        for part in ["-mexec-model=reactor", "-lc", "--dep wit", "-fstrip"] {
            assert!(library.contains(part), "{part}: {library}");
        }
    }
}
