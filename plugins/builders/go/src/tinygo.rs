//! Compiling with TinyGo, as its documentation has it: a program is a module of
//! WASI preview 1, and the host makes the component; a typed component is made
//! by TinyGo itself, from bindings that are in the user's module.

use std::path::{Path, PathBuf};

use run_plugin_api::events::{self, Step};
use run_plugin_api::process::{Argument, Command, Line};
use run_plugin_api::{Artifact, Diagnostic, Error, Result};

use crate::advice;
use crate::modules::Modules;
use crate::packages::Packages;
use crate::request::{Request, SOURCE_TREE};
use crate::said::Said;
use crate::source::Source;

/// Builds a component; returns it and what it was made of.
pub(crate) fn component(source: &Source, request: &Request) -> Result<(Artifact, Vec<String>)> {
    let modules = source
        .module
        .as_ref()
        .map(|module| Modules::around(module, Path::new(SOURCE_TREE)))
        .unwrap_or_default();
    let artifact = request.artifact();
    let mut said = Said::in_source(&source.directory);
    let _step = Step::new(&format!("{}: compiling with TinyGo", request.name), None);
    let exit = command(source, &artifact, request).lines(|line| {
        let (Line::Stdout(line) | Line::Stderr(line)) = line;
        events::debug(line);
        said.line(line);
    })?;
    if !exit.success() {
        said.diagnostics().iter().for_each(Diagnostic::report);
        return Err(match said.diagnostics().len() {
            0 => advice::explain(said.other(), request),
            _ => Error::failed(format!("`{}` does not compile", request.name)),
        });
    }
    let mut inputs = Packages::of(source, &modules, &[]).inputs;
    inputs.extend(bindings(source));
    let artifact = match request.world {
        Some(_) => Artifact::component(artifact),
        None => Artifact::core_module(artifact),
    };
    Ok((artifact, inputs))
}

fn command(source: &Source, artifact: &Path, request: &Request) -> Command {
    let mut command = Command::new("tinygo")
        .arg("build")
        .current_dir(&source.directory)
        .env("GOENV", "off")
        .env("GOFLAGS", "-buildvcs=false")
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
        .arg("-o")
        .arg(artifact);
    command = match (&request.world, &request.wit) {
        (Some(_), Some(wit)) => command
            .arg("-target=wasip2")
            .arg("--wit-package")
            .arg(wit.as_path())
            .arg("--wit-world")
            .arg(request.world_name.as_str()),
        _ => command.arg("-target=wasip1"),
    };
    if request.release {
        command = command.args(["-opt=z", "-no-debug"]);
    }
    if request.jobs > 0 {
        command = command.arg(format!("-p={}", request.jobs));
    }
    if !request.tags.is_empty() {
        command = command.arg(format!("-tags={}", request.tags.join(" ")));
    }
    if !request.ldflags.is_empty() {
        command = command.arg(format!("-ldflags={}", request.ldflags.join(" ")));
    }
    let targets: Vec<Argument> = match &source.file {
        Some(file) => vec![Argument::from(file.as_path())],
        None => vec![Argument::from(".")],
    };
    command.args(targets)
}

/// Bindings are in the user's module, made by a generator whose files say
/// otherwise than ours what they are.
fn bindings(source: &Source) -> Vec<String> {
    let directory: PathBuf = source
        .module
        .clone()
        .unwrap_or_else(|| source.directory.clone());
    let directory = run_builder_shared::paths::escaped(&directory);
    vec![format!("{directory}/**/*.{{go,s,wit}}")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn a_program_and_a_world_have_their_own_target() {
        let source = Source {
            directory: "/src".into(),
            module: Some("/src".into()),
            file: None,
        };
        let line =
            |request: &Request| command(&source, Path::new("/out/g.wasm"), request).to_string();
        assert_eq!(
            line(&request::sample()),
            "tinygo build -o /out/g.wasm -target=wasip1 -p=2 ."
        );
        let release = line(&Request {
            release: true,
            ..request::sample()
        });
        assert!(release.contains("-opt=z -no-debug"), "{release}");
    }
}
