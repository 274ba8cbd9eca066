//! `deploy --target local`.

use run_deploy::{Packaged, Packed};
use run_project::Project;
use run_runtime::inspect;
use serde_json::json;

use super::error::DeployCommandError;
use crate::args::Deploy;
use crate::composition;
use crate::failure::{CommandError, Failure};
use crate::progress::bytes;
use crate::shell::Shell;

/// Where it is written without `--output`, below the project.
const OUTPUT: &str = "dist/deploy";

pub(super) fn run(project: &Project, args: &Deploy, shell: &Shell) -> Result<(), Failure> {
    let roots = composition::deployable(project, &args.to.components, shell)?;
    if roots.is_empty() {
        return Err(DeployCommandError::Nothing.into());
    }
    let mut components = Vec::new();
    for (component, wasm) in roots {
        let exports = inspect::describe(&wasm)?.exports;
        components.push(Packaged {
            name: component.name.value.as_str().to_owned(),
            digest: wasm.digest(),
            http: exports
                .iter()
                .any(|item| item.name.starts_with("wasi:http/incoming-handler@")),
            wasm: wasm.bytes().to_vec(),
        });
    }
    let names: Vec<_> = components.iter().map(|c| c.name.as_str()).collect();
    let manifest = run_project::bundled(&project.source_text, &names).map_err(|error| {
        CommandError::new(
            format!("run.toml cannot be packaged: {error}"),
            "this is a fault of `run`",
        )
    })?;
    let to = match &args.output {
        Some(output) => output.clone(),
        None => project.root.join(OUTPUT),
    };
    let about = &project.manifest.project;
    let packed = Packed {
        project: about.name.value.as_str(),
        version: &about.version.value.to_string(),
        manifest: &manifest,
        components: &components,
    };
    let shown = to
        .strip_prefix(&project.root)
        .unwrap_or(&to)
        .display()
        .to_string();
    if !args.dry_run {
        run_deploy::package(&packed, &to)?;
    }
    if shell.json() {
        let components: Vec<_> = components
            .iter()
            .map(|c| json!({ "name": c.name, "digest": c.digest.to_string(), "http": c.http }))
            .collect();
        let document = json!({
            "output": to.display().to_string(),
            "dry_run": args.dry_run,
            "components": components,
        });
        shell.out(&document.to_string());
    }
    let verb = if args.dry_run { "Planned" } else { "Packaged" };
    for component in &components {
        let size = bytes(component.wasm.len() as u64);
        shell.status(verb, &format!("{} → {shown} ({size})", component.name));
    }
    Ok(())
}
