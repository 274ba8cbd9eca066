//! `run v2 info FILE`: a component or a core module.

use std::path::Path;

use run_runtime::inspect::{self, CoreItem, Description, Metadata, Module};
use run_runtime::{Wasm, wasm};
use serde_json::{Map, Value, json};

use super::{clean, items_json, section};
use crate::args::Info;
use crate::failure::Failure;
use crate::progress::bytes;
use crate::shell::Shell;

pub(super) fn show(path: &Path, wasm: &Wasm, args: &Info, shell: &Shell) -> Result<(), Failure> {
    let description = inspect::describe(wasm)?;
    if args.json {
        shell.out(&as_json(path, wasm, &description).to_string());
        return Ok(());
    }
    shell.out(&format!("Component: {}", path.display()));
    header(kind(description.kind), wasm, shell);
    metadata(&description.metadata, shell);
    needs(&description, shell);
    section("Imports", &description.imports, shell);
    section("Exports", &description.exports, shell);
    core_section("Imports", &description.core_imports, shell);
    core_section("Exports", &description.core_exports, shell);
    if let Some(module) = &description.module {
        module_lines(module, shell);
    }
    Ok(())
}

/// The lines every WebAssembly file begins with.
pub(super) fn header(kind: &str, wasm: &Wasm, shell: &Shell) {
    shell.out(&format!("  Type: {kind}"));
    shell.out(&format!("  Size: {}", exact(wasm.bytes().len())));
    shell.out(&format!("  Digest: {}", wasm.digest()));
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

fn core_name(item: &CoreItem) -> String {
    match &item.module {
        Some(module) => format!("{module}.{}", item.name),
        None => item.name.clone(),
    }
}

fn core_section(title: &str, items: &[CoreItem], shell: &Shell) {
    if items.is_empty() {
        return;
    }
    shell.out(&format!("  {title}:"));
    for item in items {
        shell.out(&format!("    - {}: {}", clean(&core_name(item)), item.ty));
    }
}

fn module_lines(module: &Module, shell: &Shell) {
    let wasi = match (module.command, module.preview1) {
        (true, true) => Some("a command of WASI preview 1"),
        (true, false) => Some("a command: it exports `_start`"),
        (false, true) => Some("a library of WASI preview 1"),
        (false, false) => None,
    };
    if let Some(wasi) = wasi {
        shell.out(&format!("  Kind: {wasi}"));
    }
    if let Some(world) = &module.world {
        shell.out(&format!("  World: {}", clean(world)));
    }
}

fn needs(description: &Description, shell: &Shell) {
    let needs = &description.needs;
    if !needs.capabilities.is_empty() {
        shell.out("  Capabilities it would use:");
        for need in &needs.capabilities {
            let imports: Vec<_> = need.imports.iter().map(|name| clean(name)).collect();
            shell.out(&format!(
                "    - {}: {}",
                need.capability,
                imports.join(", ")
            ));
        }
    }
    if !needs.components.is_empty() {
        shell.out("  Needs other components for:");
        for name in &needs.components {
            shell.out(&format!("    - {}", clean(name)));
        }
    }
}

fn metadata(metadata: &Metadata, shell: &Shell) {
    if let Some(name) = &metadata.name {
        shell.out(&format!("  Name: {}", clean(name)));
    }
    for (key, text) in &metadata.annotations {
        shell.out(&format!("  {}: {}", title(key), clean(text)));
    }
    for (field, values) in &metadata.producers {
        let values: Vec<_> = values
            .iter()
            .map(|(name, version)| format!("{name} {version}").trim_end().to_owned())
            .collect();
        let line = format!("  {}: {}", title(&clean(field)), clean(&values.join(", ")));
        shell.out(&line);
    }
    if metadata.modules + metadata.components > 0 {
        shell.out(&format!(
            "  Contains: {}, {}",
            count(metadata.modules, "core module"),
            count(metadata.components, "component")
        ));
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// `processed-by` as `Processed by`.
fn title(key: &str) -> String {
    if key == "sdk" {
        return "SDK".to_owned();
    }
    let key = key.replace('-', " ");
    let mut chars = key.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => key,
    }
}

fn as_json(path: &Path, wasm: &Wasm, description: &Description) -> Value {
    let needs = &description.needs;
    let capabilities: Vec<_> = needs
        .capabilities
        .iter()
        .map(|need| json!({ "capability": need.capability, "imports": need.imports }))
        .collect();
    let (imports, exports) = match description.kind {
        wasm::Kind::Component => (
            items_json(&description.imports),
            items_json(&description.exports),
        ),
        wasm::Kind::CoreModule => (
            core_json(&description.core_imports),
            core_json(&description.core_exports),
        ),
    };
    let mut document = json!({
        "path": path.display().to_string(),
        "type": kind(description.kind),
        "size": wasm.bytes().len(),
        "digest": wasm.digest().to_string(),
        "imports": imports,
        "exports": exports,
        "capabilities": capabilities,
        "needs": needs.components,
        "metadata": metadata_json(&description.metadata),
    });
    if let Some(module) = &description.module {
        document["module"] = json!({
            "command": module.command,
            "preview1": module.preview1,
            "world": module.world,
        });
    }
    document
}

fn core_json(items: &[CoreItem]) -> Value {
    items
        .iter()
        .map(|item| match &item.module {
            Some(module) => json!({ "module": module, "name": item.name, "type": item.ty }),
            None => json!({ "name": item.name, "type": item.ty }),
        })
        .collect()
}

fn metadata_json(metadata: &Metadata) -> Value {
    let producers: Map<_, _> = metadata
        .producers
        .iter()
        .map(|(field, values)| {
            let values: Vec<_> = values
                .iter()
                .map(|(name, version)| json!({ "name": name, "version": version }))
                .collect();
            (field.clone(), json!(values))
        })
        .collect();
    let mut document = json!({
        "name": metadata.name,
        "producers": producers,
        "modules": metadata.modules,
        "components": metadata.components,
    });
    for (key, text) in &metadata.annotations {
        document[*key] = json!(text);
    }
    document
}
