//! Projects with a `build.zig`, which says itself how they are built.

use std::path::{Path, PathBuf};

use run_builder_shared::noted::Noted;
use run_plugin_api::events::Step;
use run_plugin_api::process::{Argument, Command};
use run_plugin_api::{Artifact, Error, Result, files};

use crate::bindings::Bindings;
use crate::compile;
use crate::inputs;
use crate::request::Request;
use crate::said::Said;

/// Builds a project's component; returns it and what it was made of.
pub(crate) fn project(directory: &Path, request: &Request) -> Result<(Artifact, Vec<String>)> {
    fetch(directory, request)?;
    let bindings = match &request.world {
        Some(world) => {
            let world = match world.is_program() {
                true => world.without_run(),
                false => world.clone(),
            };
            Some(Bindings::write(&world, &request.work().join("bindings"))?)
        }
        None => None,
    };
    let prefix = request.work().join("prefix");
    if prefix.is_dir() {
        // What an earlier build installed is not this one's.
        std::fs::remove_dir_all(&prefix).map_err(|error| Error::file("remove", &prefix, &error))?;
    }
    files::create_dir(&prefix)?;
    let mut command = zig(directory, request)
        .args(["build", "--color", "off", "--summary", "none"])
        .arg(format!("-j{}", request.jobs.max(1)))
        .arg("--prefix")
        .arg(prefix.as_path())
        .arg("-Dtarget=wasm32-wasi")
        .arg(format!("-Doptimize={}", request.optimize));
    if let Some(bindings) = &bindings {
        command = command.arg(Argument::from("-Dwit=").path(&bindings.directory));
    }
    for option in &request.options {
        command = command.arg(format!("-D{option}"));
    }
    let said = Said::new(directory, bindings.as_ref());
    crate::said::run(command, "running build.zig", request, said)?;
    let made = installed(&prefix, request)?;
    let artifact = request.output.join(format!("{}.wasm", request.name));
    files::copy(&made, &artifact)?;
    let artifact = match bindings {
        Some(_) => Artifact::core_module(&artifact),
        None => compile::finished(&artifact, request)?,
    };
    Ok((artifact, inputs::of_project(directory)))
}

/// `build.zig` is a program, and what it does is done in this project's own
/// caches.
fn zig(directory: &Path, request: &Request) -> Command {
    Command::new("zig")
        .current_dir(directory)
        .env("ZIG_GLOBAL_CACHE_DIR", packages(request).as_path())
        .env(
            "ZIG_LOCAL_CACHE_DIR",
            compile::local_cache(request).as_path(),
        )
}

fn packages(request: &Request) -> PathBuf {
    request.cache.join("packages")
}

/// Gets what `build.zig.zon` names, once for each state of it.
fn fetch(directory: &Path, request: &Request) -> Result<()> {
    let manifest = directory.join("build.zig.zon");
    let Ok(text) = std::fs::read_to_string(&manifest) else {
        return Ok(());
    };
    if !text.contains(".url") {
        return Ok(());
    }
    let noted = Noted::new(request.work().join("fetched"), &[manifest]);
    if noted.holds() || request.offline {
        return Ok(());
    }
    let _step = Step::new(&format!("{}: fetching packages", request.name), None);
    zig(directory, request)
        .args(["build", "--fetch", "--color", "off"])
        .run()?
        .check()?;
    noted.write()
}

/// The one module that the project installed, or the one that is asked for.
fn installed(prefix: &Path, request: &Request) -> Result<PathBuf> {
    let bin = prefix.join("bin");
    let mut modules: Vec<PathBuf> = std::fs::read_dir(&bin)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
        .collect();
    modules.sort();
    let name = |path: &Path| {
        path.file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let names: Vec<_> = modules
        .iter()
        .map(|path| format!("`{}`", name(path)))
        .collect();
    if let Some(wanted) = &request.artifact {
        return modules
            .iter()
            .find(|path| name(path) == *wanted)
            .cloned()
            .ok_or_else(|| {
                Error::invalid_input(format!("build.zig installs no program `{wanted}`"))
                    .with_help(format!("it installs {}", listed(&names)))
            });
    }
    match modules.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(
            Error::failed("build.zig installed no program for WebAssembly").with_help(
                "it should call `b.installArtifact` for an executable whose target is \
                 `b.standardTargetOptions(.{})`",
            ),
        ),
        _ => Err(Error::invalid_input(format!(
            "build.zig installs several programs: {}",
            listed(&names)
        ))
        .with_help("choose one: `settings = { artifact = \"…\" }`")),
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn one_installed_module_is_the_component() {
        let temp = tempfile::tempdir().unwrap();
        let choose = |artifact: Option<&str>| {
            installed(
                temp.path(),
                &Request {
                    artifact: artifact.map(Into::into),
                    ..request::sample()
                },
            )
        };
        assert!(choose(None).unwrap_err().message().contains("no program"));
        files::write(temp.path().join("bin/a.wasm"), "").unwrap();
        files::write(temp.path().join("bin/readme"), "").unwrap();
        assert!(choose(None).unwrap().ends_with("bin/a.wasm"));
        files::write(temp.path().join("bin/b.wasm"), "").unwrap();
        let error = choose(None).unwrap_err();
        assert!(error.message().contains("`a`, `b`"), "{error}");
        assert!(choose(Some("b")).unwrap().ends_with("bin/b.wasm"));
        let error = choose(Some("c")).unwrap_err();
        assert_eq!(error.help(), Some("it installs `a`, `b`"));
    }
}
