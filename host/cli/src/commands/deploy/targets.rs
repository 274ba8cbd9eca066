//! What this `run` can make of a component for machines elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use run_deploy::{NoTargets, Targets};
use run_plugins::api::Unavailable;

/// Serving programs that lie beside this one, or where `RUN_RUNNER_DIR` says.
pub(super) struct Shipped;

impl Targets for Shipped {
    fn precompile(&self, wasm: &Path, target: &str, to: &Path) -> Result<(), Unavailable> {
        NoTargets.precompile(wasm, target, to)
    }

    fn runner(&self, target: &str, to: &Path) -> Result<(), Unavailable> {
        let name = format!("run-runner-{target}");
        let Some(directory) = directory() else {
            return NoTargets.runner(target, to);
        };
        match fs::copy(directory.join(&name), to) {
            Ok(_) => Ok(()),
            Err(error) => Err(Unavailable {
                message: format!(
                    "the program that serves components on `{target}` is not to be had: `{name}`: {error}"
                ),
                help: Some(format!(
                    "put the `{name}` of this release into {}",
                    directory.display()
                )),
            }),
        }
    }
}

fn directory() -> Option<PathBuf> {
    match std::env::var_os("RUN_RUNNER_DIR") {
        Some(directory) if !directory.is_empty() => Some(directory.into()),
        _ => Some(std::env::current_exe().ok()?.parent()?.to_owned()),
    }
}
