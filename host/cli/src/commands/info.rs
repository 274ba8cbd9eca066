//! `run v2 info`.

use std::path::Path;
use std::process::ExitCode;

use run_project::ComponentKind;
use run_runtime::inspect::{self, Description, Item};
use run_runtime::{Wasm, wasm};
use serde_json::json;

use crate::args::Info;
use crate::commands::exec;
use crate::failure::Failure;
use crate::progress::bytes;
use crate::project;
use crate::shell::Shell;

pub(crate) fn run(args: &Info, shell: &Shell) -> Result<ExitCode, Failure> {
    match &args.target {
        Some(target) => file(&exec::find(target, shell)?.file, args, shell)?,
        None => project_info(args, shell)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn file(path: &Path, args: &Info, shell: &Shell) -> Result<(), Failure> {
    let wasm = Wasm::read(path)?;
    let description = inspect::describe(&wasm)?;
    if args.json {
        shell.out(&as_json(path, &wasm, &description).to_string());
        return Ok(());
    }
    shell.out(&format!("Component: {}", path.display()));
    shell.out(&format!("  Type: {}", kind(description.kind)));
    shell.out(&format!("  Size: {}", exact(wasm.bytes().len())));
    shell.out(&format!("  Digest: {}", wasm.digest()));
    section("Imports", &description.imports, shell);
    section("Exports", &description.exports, shell);
    Ok(())
}

fn kind(kind: wasm::Kind) -> &'static str {
    match kind {
        wasm::Kind::Component => "component",
        wasm::Kind::CoreModule => "core module",
    }
}

/// Exact below a kilobyte, rounded with the exact figure above.
fn exact(size: usize) -> String {
    let short = bytes(size as u64);
    if size < 1000 {
        short
    } else {
        format!("{short} ({size} bytes)")
    }
}

fn section(title: &str, items: &[Item], shell: &Shell) {
    if items.is_empty() {
        return;
    }
    shell.out(&format!("  {title}:"));
    for item in items {
        match &item.signature {
            Some(signature) => shell.out(&format!("    - {}: {signature}", item.name)),
            None => shell.out(&format!("    - {}", item.name)),
        }
        for (name, signature) in &item.functions {
            shell.out(&format!("        {name}: {signature}"));
        }
    }
}

fn as_json(path: &Path, wasm: &Wasm, description: &Description) -> serde_json::Value {
    let items = |items: &[Item]| -> serde_json::Value {
        items
            .iter()
            .map(|item| {
                let functions: Vec<_> = item
                    .functions
                    .iter()
                    .map(|(name, signature)| json!({ "name": name, "signature": signature }))
                    .collect();
                match &item.signature {
                    Some(signature) => json!({ "name": item.name, "signature": signature }),
                    None => json!({ "name": item.name, "functions": functions }),
                }
            })
            .collect()
    };
    json!({
        "path": path.display().to_string(),
        "type": kind(description.kind),
        "size": wasm.bytes().len(),
        "digest": wasm.digest().to_string(),
        "imports": items(&description.imports),
        "exports": items(&description.exports),
    })
}

fn project_info(args: &Info, shell: &Shell) -> Result<(), Failure> {
    let project = project::load(shell)?;
    let about = &project.manifest.project;
    let components: Vec<_> = project
        .manifest
        .components
        .iter()
        .map(|component| {
            let (from, language) = match &component.kind {
                ComponentKind::Source { source, language } => (
                    source.value.as_str(),
                    language.as_ref().map(|language| language.value.as_str()),
                ),
                ComponentKind::Prebuilt { path } => (path.value.as_str(), None),
            };
            let file = project::artifact(&project, component);
            let built = file.is_file() || file.with_extension("wat").is_file();
            (component, from, language, built)
        })
        .collect();
    if args.json {
        let list: Vec<_> = components
            .iter()
            .map(|(component, from, language, built)| {
                json!({
                    "name": component.name.value.as_str(),
                    "from": from,
                    "language": language,
                    "enabled": component.enabled,
                    "built": built,
                })
            })
            .collect();
        let document = json!({
            "project": about.name.value.as_str(),
            "version": about.version.value.to_string(),
            "root": project.root.display().to_string(),
            "components": list,
            "tests": project.manifest.tests.len(),
        });
        shell.out(&document.to_string());
        return Ok(());
    }
    shell.out(&format!(
        "Project: {} {}",
        about.name.value.as_str(),
        about.version.value
    ));
    shell.out(&format!("  Root: {}", project.root.display()));
    if let Some(description) = &about.description {
        shell.out(&format!("  Description: {description}"));
    }
    shell.out("  Components:");
    for (component, from, language, built) in components {
        let language = language
            .map(|language| format!(", {language}"))
            .unwrap_or_default();
        let state = match (component.enabled, built) {
            (false, _) => "disabled",
            (true, true) => "built",
            (true, false) => "not built",
        };
        shell.out(&format!(
            "    - {}: {from}{language} ({state})",
            component.name.value.as_str()
        ));
    }
    shell.out(&format!("  Tests: {}", project.manifest.tests.len()));
    Ok(())
}
