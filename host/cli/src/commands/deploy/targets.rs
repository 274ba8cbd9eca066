//! What this `run` can make of a component for machines elsewhere.

use std::fs;
use std::path::Path;

use run_deploy::Targets;
use run_files::runner;
use run_plugins::api::Unavailable;
use run_runtime::{Wasm, ahead};

/// The runner compiled components are served by is of the same release.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The compiler in this program, and the runners that lie beside it or in the
/// user's cache.
pub(super) struct Shipped;

impl Targets for Shipped {
    fn precompile(&self, wasm: &Path, target: &str, to: &Path) -> Result<(), Unavailable> {
        known(target)?;
        let failed = |why: String| Unavailable {
            message: format!("the component cannot be compiled for `{target}`: {why}"),
            help: None,
        };
        let code = Wasm::read(wasm)
            .and_then(|wasm| ahead::compile(&wasm, target))
            .map_err(|error| failed(error.to_string()))?;
        fs::write(to, code).map_err(|error| failed(error.to_string()))
    }

    fn runner(&self, target: &str, to: &Path) -> Result<(), Unavailable> {
        known(target)?;
        let missing = |why: String| Unavailable {
            message: format!("the runner for `{target}` is not to be had: {why}"),
            help: Some(help(target)),
        };
        let Some(found) = runner::find(target, VERSION) else {
            return Err(missing(
                "it lies neither beside `run` nor in your cache, with nobody else able to write it"
                    .to_owned(),
            ));
        };
        match fs::copy(&found, to) {
            Ok(_) => Ok(()),
            Err(error) => Err(missing(format!("{}: {error}", found.display()))),
        }
    }
}

fn known(target: &str) -> Result<(), Unavailable> {
    if runner::TARGETS.contains(&target) {
        return Ok(());
    }
    Err(Unavailable {
        message: format!("this `run` makes nothing for `{target}`"),
        help: Some(format!("there is: {}", runner::TARGETS.join(", "))),
    })
}

fn help(target: &str) -> String {
    let place = match runner::kept(target, VERSION) {
        Some(path) => format!(", or to {}", path.display()),
        None => String::new(),
    };
    format!(
        "copy `run-runner-{target}` of this release beside `run`{place}; \
         docs/runner.md says how it is made"
    )
}
