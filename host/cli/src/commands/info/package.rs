//! `run v2 info` on a WIT package.

use std::path::Path;

use run_runtime::Wasm;
use run_runtime::inspect::Package;
use serde_json::json;

use super::{clean, component, items_json, section};
use crate::args::Info;
use crate::failure::Failure;
use crate::shell::Shell;

pub(super) fn show(
    path: &Path,
    wasm: Option<&Wasm>,
    package: &Package,
    args: &Info,
    shell: &Shell,
) -> Result<(), Failure> {
    if args.wit {
        return super::wit(&package.text()?, args, shell);
    }
    if args.json {
        shell.out(&as_json(path, wasm, package).to_string());
        return Ok(());
    }
    shell.out(&format!("WIT: {}", path.display()));
    match wasm {
        Some(wasm) => component::header(KIND, wasm, shell),
        None => shell.out(&format!("  Type: {KIND}")),
    }
    shell.out(&format!("  Package: {}", package.name()));
    section("Interfaces", &package.interfaces(), shell);
    for world in package.worlds() {
        shell.out(&format!("  World {}:", world.name));
        for (verb, items) in [("import", &world.imports), ("export", &world.exports)] {
            for item in items {
                let name = clean(&item.name);
                match &item.function {
                    Some(function) => {
                        shell.out(&format!("    {verb} {name}: {}", function.signature));
                    }
                    None => shell.out(&format!("    {verb} {name}")),
                }
            }
        }
    }
    let dependencies = package.dependencies();
    if !dependencies.is_empty() {
        shell.out("  Uses:");
        for name in dependencies {
            shell.out(&format!("    - {name}"));
        }
    }
    Ok(())
}

const KIND: &str = "WIT package";

fn as_json(path: &Path, wasm: Option<&Wasm>, package: &Package) -> serde_json::Value {
    let worlds: Vec<_> = package
        .worlds()
        .iter()
        .map(|world| {
            json!({
                "name": world.name,
                "imports": items_json(&world.imports),
                "exports": items_json(&world.exports),
            })
        })
        .collect();
    json!({
        "path": path.display().to_string(),
        "type": KIND,
        "size": wasm.map(|wasm| wasm.bytes().len()),
        "digest": wasm.map(|wasm| wasm.digest().to_string()),
        "package": package.name(),
        "interfaces": items_json(&package.interfaces()),
        "worlds": worlds,
        "dependencies": package.dependencies(),
    })
}
