//! `run v2 clean`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::args::Clean;
use crate::failure::{CommandError, Failure};
use crate::shell::Shell;
use crate::{build_cache, project};

pub(crate) fn run(args: &Clean, shell: &Shell) -> Result<ExitCode, Failure> {
    let project = project::load(shell)?;
    let mut targets = vec![project::output_dir(&project)];
    let mut forgotten = 0;
    if args.cache {
        // The list of them is below `.run/`.
        forgotten = run_build::forget(
            &build_cache::options(&project, build_cache::Use::Local)?,
            &project.root,
        );
        targets.push(project.root.join(".run"));
    } else {
        targets.push(project.root.join(".run/build"));
    }
    let mut removed = Vec::new();
    for target in targets {
        if remove(&target)? {
            let shown = target.strip_prefix(&project.root).unwrap_or(&target);
            let shown = shown.display().to_string();
            shell.status("Removed", &shown);
            removed.push(shown);
        }
    }
    if forgotten > 0 {
        let plural = if forgotten == 1 { "" } else { "s" };
        shell.status(
            "Removed",
            &format!("{forgotten} build{plural} from the build cache"),
        );
    }
    if shell.json() {
        let mut done = json!({ "removed": removed });
        if args.cache {
            done["cached_builds"] = forgotten.into();
        }
        shell.out(&done.to_string());
    } else if removed.is_empty() && forgotten == 0 {
        shell.status("Clean", "there was nothing to remove");
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes a directory and what is in it. A link is removed itself; what it
/// points to is not ours.
fn remove(path: &Path) -> Result<bool, Failure> {
    let gone = match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => Err(error),
        Ok(meta) if meta.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
    };
    gone.map_err(|error| {
        CommandError::io(format!("cannot remove `{}`", path.display()), &error).into()
    })
    .map(|()| true)
}
