//! Running componentize-py, without the network.

use std::path::{Path, PathBuf};

use run_plugin_api::events::{self, Step};
use run_plugin_api::process::Command;
use run_plugin_api::{Error, Result};

use crate::report::{self, Sources};
use crate::request::{Declared, Request};
use crate::traceback::{self, Traceback};

/// What goes into a component.
#[derive(Debug, Clone)]
pub(crate) struct Parts<'a> {
    pub(crate) declared: &'a Declared,
    /// Directories of modules, that of the user's own first.
    pub(crate) path: &'a [PathBuf],
    /// The environment with the packages.
    pub(crate) environment: &'a Path,
    /// The module that implements the world.
    pub(crate) module: &'a str,
}

/// Makes the component, or reports why its modules cannot be imported.
pub(crate) fn run(parts: &Parts<'_>, sources: Sources<'_>, request: &Request) -> Result<()> {
    let _step = Step::new(&format!("{}: componentizing", request.name), None);
    let output = command(parts, request).run()?;
    events::debug(&output.stdout);
    if output.exit.success() {
        return Ok(());
    }
    events::debug(&output.stderr);
    let said = traceback::inner(&output.stderr);
    let file = sources.shown(&sources.module.file);
    match Traceback::parse(said) {
        Some(found) => {
            if !found.printed.trim().is_empty() {
                events::info(&format!("it printed: {}", found.printed.trim_end()));
            }
            report::diagnostic(&found, sources).report();
            Err(Error::failed(format!("`{file}` cannot be imported")))
        }
        None if said.is_empty() => Err(Error::failed(format!("componentize-py {}", output.exit))
            .with_help("run again with `--verbose` to see what it printed")),
        None => Err(Error::failed(said)),
    }
}

/// Writes stubs of the generated modules, for editors and type checkers.
pub(crate) fn bindings(declared: &Declared, request: &Request) -> Result<()> {
    let directory = request.cache.join("bindings").join(&request.name);
    base(declared)
        .arg("bindings")
        .arg(&*directory)
        .run()?
        .check()?;
    Ok(())
}

fn base(declared: &Declared) -> Command {
    Command::new("componentize-py")
        .args(["--quiet", "--wit-path"])
        .arg(declared.wit.as_path())
        .args(["--world", &declared.world])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("RUST_BACKTRACE", "0")
}

fn command(parts: &Parts<'_>, request: &Request) -> Command {
    let mut command = base(parts.declared).arg("componentize");
    for directory in parts.path {
        command = command.arg("--python-path").arg(directory.as_path());
    }
    if request.stub_wasi {
        command = command.arg("--stub-wasi");
    }
    command
        .arg("--output")
        .arg(request.artifact.as_path())
        .arg(parts.module)
        .env("VIRTUAL_ENV", parts.environment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn the_command_says_what_was_asked_for() {
        let declared = Declared {
            wit: "/wit".into(),
            world: "a:b/c@0.1.0".into(),
        };
        let path = ["/cache/a".into(), "/cache/b".into()];
        let parts = Parts {
            declared: &declared,
            path: &path,
            environment: Path::new("/cache/packages/none"),
            module: "app",
        };
        let all = Request {
            stub_wasi: true,
            ..request::sample()
        };
        assert_eq!(
            command(&parts, &all).to_string(),
            "componentize-py --quiet --wit-path /wit --world a:b/c@0.1.0 componentize \
             --python-path /cache/a --python-path /cache/b --stub-wasi \
             --output /out/greeter.wasm app"
        );
    }
}
