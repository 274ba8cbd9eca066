//! `run v2 info`: what a component, a WIT package or a project is.

mod component;
mod package;
mod project;

use std::path::Path;
use std::process::ExitCode;

use run_runtime::Wasm;
use run_runtime::inspect::{self, FunctionType, Item, Package};
use serde_json::{Value, json};

use crate::args::Info;
use crate::commands::exec;
use crate::failure::{CommandError, Failure};
use crate::shell::Shell;

pub(crate) fn run(args: &Info, shell: &Shell) -> Result<ExitCode, Failure> {
    match &args.target {
        Some(target) if Package::is_wit(Path::new(target)) => {
            let package = Package::read(Path::new(target))?;
            package::show(Path::new(target), None, &package, args, shell)?;
        }
        Some(target) => file(&exec::find(target, shell)?.file, args, shell)?,
        None if args.wit => {
            return Err(CommandError::new(
                "--wit needs a file or a component",
                "name it: `run v2 info FILE --wit`",
            )
            .into());
        }
        None => project::show(args, shell)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn file(path: &Path, args: &Info, shell: &Shell) -> Result<(), Failure> {
    let wasm = Wasm::read(path)?;
    if let Some(package) = Package::decode(&wasm)? {
        return package::show(path, Some(&wasm), &package, args, shell);
    }
    if args.wit {
        return wit(&inspect::wit_text(&wasm)?, args, shell);
    }
    component::show(path, &wasm, args, shell)
}

/// WIT text, bare or as a JSON document.
fn wit(text: &str, args: &Info, shell: &Shell) -> Result<(), Failure> {
    if args.json {
        shell.out(&json!({ "wit": text }).to_string());
    } else {
        shell.out(text.trim_end());
    }
    Ok(())
}

/// `  Exports:` with a line for each item and what is in it.
fn section(title: &str, items: &[Item], shell: &Shell) {
    if items.is_empty() {
        return;
    }
    shell.out(&format!("  {title}:"));
    for item in items {
        match &item.function {
            Some(function) => shell.out(&format!(
                "    - {}: {}",
                clean(&item.name),
                function.signature
            )),
            None => shell.out(&format!("    - {}", clean(&item.name))),
        }
        for (name, function) in &item.functions {
            let name = typed_name(name);
            shell.out(&format!("        {}: {}", clean(name), function.signature));
        }
        for (name, shape) in &item.types {
            shell.out(&format!("        type {}: {shape}", clean(name)));
        }
    }
}

/// What is typed after `--function` for what belongs to a resource.
fn typed_name(name: &str) -> &str {
    match name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, name)) => name,
        None => name,
    }
}

fn items_json(items: &[Item]) -> Value {
    items
        .iter()
        .map(|item| match &item.function {
            Some(function) => function_json(&item.name, function),
            None => {
                let functions = item.functions.iter();
                let functions: Vec<_> = functions
                    .map(|(name, function)| function_json(name, function))
                    .collect();
                let types: Vec<_> = item
                    .types
                    .iter()
                    .map(|(name, ty)| json!({ "name": name, "type": ty }))
                    .collect();
                json!({ "name": item.name, "functions": functions, "types": types })
            }
        })
        .collect()
}

fn function_json(name: &str, function: &FunctionType) -> Value {
    let params: Vec<_> = function
        .params
        .iter()
        .map(|(name, ty)| json!({ "name": name, "type": ty }))
        .collect();
    json!({
        "name": name,
        "signature": function.signature,
        "params": params,
        "result": function.result,
    })
}

/// Text from inside a file, without what a terminal would obey.
fn clean(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}
