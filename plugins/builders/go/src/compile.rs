//! Compiling with Go's own compiler, without the network.

use std::path::{Path, PathBuf};

use run_builder_shared::paths::{escaped, text};
use run_plugin_api::events::{self, Step};
use run_plugin_api::process::{Argument, Command, Line};
use run_plugin_api::{Artifact, Error, Result, files};

use crate::advice;
use crate::fetch::{self, Fetched};
use crate::go::{self, Work};
use crate::memory;
use crate::modules::Modules;
use crate::packages::Packages;
use crate::request::{Request, SOURCE_TREE};
use crate::said::Said;
use crate::source::Source;
use crate::workspace::Workspace;

/// Where and what to build.
struct Unit {
    directory: PathBuf,
    work: Work,
    /// A package, or files.
    targets: Vec<Argument>,
    workspace: Option<Workspace>,
}

/// Builds a component; returns it and what it was made of.
pub(crate) fn component(source: &Source, request: &Request) -> Result<(Artifact, Vec<String>)> {
    let modules = source
        .module
        .as_ref()
        .map(|module| Modules::around(module, Path::new(SOURCE_TREE)))
        .unwrap_or_default();
    let (unit, inputs) = unit(source, &modules, request)?;
    let module = request.work().join("module.wasm");
    build(&unit, &module, &modules, request)?;

    let artifact = request.artifact();
    let mut bytes = std::fs::read(&module).map_err(|error| Error::file("read", &module, &error))?;
    if let Some(reserved) = memory::reserved(&bytes)? {
        bytes = reserved;
    }
    if let Some(world) = unit.workspace.and_then(|workspace| workspace.world) {
        world.embed_in(&mut bytes)?;
    }
    files::write(&artifact, bytes)?;
    Ok((Artifact::core_module(artifact), inputs))
}

/// A program without bindings is built where it is; what needs more gets a
/// workspace of its own.
fn unit(source: &Source, modules: &Modules, request: &Request) -> Result<(Unit, Vec<String>)> {
    if request.world.is_none() {
        refuse_library(source)?;
        if modules.workspace.is_none() {
            let mut inputs = Packages::of(source, modules, &[]).inputs;
            if let Some(module) = &source.module {
                inputs.push(escaped(&module.join("vendor/modules.txt")));
            }
            let targets = match &source.module {
                Some(_) => vec![Argument::from(".")],
                None => source
                    .files()
                    .iter()
                    .map(|file| Argument::from(file.as_path()))
                    .collect(),
            };
            let unit = Unit {
                directory: source.directory.clone(),
                work: Work::Off,
                targets,
                workspace: None,
            };
            return Ok((unit, inputs));
        }
    }
    let (workspace, inputs) = Workspace::write(source, modules, request)?;
    let unit = Unit {
        directory: workspace.directory.clone(),
        work: Work::File(workspace.go_work.clone()),
        targets: vec![Argument::from(workspace.target.as_str())],
        workspace: Some(workspace),
    };
    Ok((unit, inputs))
}

fn refuse_library(source: &Source) -> Result<()> {
    match source.package() {
        Some(package) if package != "main" => Err(Error::invalid_input(format!(
            "`{}` is the package `{package}`, not a program, and the component has no `wit`",
            text(&source.directory)
        ))
        .with_help(
            "a program is `package main`; a component with a typed interface needs \
             `wit = \"…\"` in run.toml",
        )),
        _ => Ok(()),
    }
}

fn build(unit: &Unit, module: &Path, modules: &Modules, request: &Request) -> Result<()> {
    let fetched = fetch::run(&unit.directory, &unit.work, modules, request)?;
    let (done, said) = run(unit, module, request)?;
    if done {
        if let Fetched::Now(noted) = fetched {
            noted.write()?;
        }
        return Ok(());
    }
    if said.diagnostics().is_empty()
        && let Fetched::Remembered(noted) = fetched
    {
        // What was fetched once may have been removed since.
        let again = fetch::fetch(&unit.directory, &unit.work, noted, request)?;
        let (done, said) = run(unit, module, request)?;
        return match (done, again) {
            (true, _) => Ok(()),
            (false, Fetched::Failed(error)) if said.diagnostics().is_empty() => Err(error),
            (false, _) => Err(rejected(&said, request)),
        };
    }
    match fetched {
        // The download is why the compiler could not go on.
        Fetched::Failed(error) if said.diagnostics().is_empty() && !request.offline => Err(error),
        _ => Err(rejected(&said, request)),
    }
}

fn run(unit: &Unit, module: &Path, request: &Request) -> Result<(bool, Said)> {
    let _step = Step::new(&format!("{}: compiling", request.name), None);
    let mut said = match &unit.workspace {
        Some(workspace) => Said::in_copy(workspace),
        None => Said::in_source(&unit.directory),
    };
    files::create_dir(request.work())?;
    let exit = command(unit, module, request).lines(|line| {
        let (Line::Stdout(line) | Line::Stderr(line)) = line;
        events::debug(line);
        said.line(line);
    })?;
    Ok((exit.success(), said))
}

fn command(unit: &Unit, module: &Path, request: &Request) -> Command {
    let bindings = unit
        .workspace
        .as_ref()
        .is_some_and(|workspace| workspace.world.is_some());
    let program = unit
        .workspace
        .as_ref()
        .is_none_or(|workspace| workspace.program);
    let mut command = go::command(&["build", "-trimpath"], &unit.directory, &unit.work)
        .env("GOPROXY", "off")
        .arg("-o")
        .arg(module)
        .arg(format!("-ldflags={}", go::linker_flags(request, bindings)));
    if request.jobs > 0 {
        command = command.arg(format!("-p={}", request.jobs));
    }
    if !request.tags.is_empty() {
        command = command.arg(format!("-tags={}", request.tags.join(",")));
    }
    if !program {
        command = command.arg("-buildmode=c-shared");
    }
    command.args(unit.targets.clone())
}

fn rejected(said: &Said, request: &Request) -> Error {
    said.diagnostics()
        .iter()
        .for_each(run_plugin_api::Diagnostic::report);
    match said.diagnostics().len() {
        0 => advice::explain(said.other(), request),
        errors => {
            let error = Error::failed(format!(
                "`{}` does not compile: {errors} error{}",
                request.name,
                if errors == 1 { "" } else { "s" }
            ));
            let printed: Vec<&str> = said
                .diagnostics()
                .iter()
                .map(|diagnostic| diagnostic.message.as_str())
                .collect();
            match advice::explain(&printed.join("\n"), request).help() {
                Some(help) => error.with_help(help),
                None => error,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn the_profile_and_the_settings_are_passed_on() {
        let unit = Unit {
            directory: "/src".into(),
            work: Work::Off,
            targets: vec![Argument::from(".")],
            workspace: None,
        };
        let line = |request: &Request| command(&unit, Path::new("/cache/m"), request).to_string();
        let debug = line(&request::sample());
        assert_eq!(
            debug,
            "go build -trimpath -o /cache/m -ldflags=-buildid= -p=2 ."
        );
        let release = line(&Request {
            release: true,
            tags: vec!["a".into(), "b".into()],
            ldflags: vec!["-X main.v=1".into()],
            ..request::sample()
        });
        assert!(release.contains("-ldflags=-buildid= -s -w -X main.v=1 "));
        assert!(release.contains(" -tags=a,b "), "{release}");
    }
}
