//! The runtime's bytes, made to fit: what it asks of a host while a component
//! is built is answered by a library of ours instead, and its initialiser gets
//! a name that no world has.

use run_plugin_api::{Error, Result};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{CustomSection, ExportSection, ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload};
use wit_component::{StringEncoding, metadata};
use wit_parser::Resolve;

/// See runtime/README.md for where it is from.
const BYTES: &[u8] = include_bytes!("../../runtime/quickjs.wasm");

/// The export that is called once, while the component is built.
pub(super) const INITIALIZER: &str = "quickjs-initialize";

const WORLD: &str = "package run:quickjs;
world initialize {
  export quickjs-initialize: func(shim: string, script: string, entry: option<string>, no-collection: bool) -> result<_, string>;
}";

/// Imports that the library in `glue` has, by what they are called there.
pub(super) const ANSWERED: [(&str, &str, &str); 3] = [
    ("local:init/module-loader", "resolve", "run_module_resolve"),
    ("local:init/module-loader", "load", "run_module_load"),
    (
        "wasi_snapshot_preview1",
        "reset_adapter_state",
        "run_reset_adapter",
    ),
];

/// Exports that the library in `glue` has instead.
pub(super) const NUMBERS: [&str; 6] = [
    "wit_dylib_push_u32",
    "wit_dylib_pop_u32",
    "wit_dylib_push_u64",
    "wit_dylib_pop_u64",
    "wit_dylib_push_s64",
    "wit_dylib_pop_s64",
];

fn broken(error: impl std::fmt::Display) -> Error {
    Error::new(
        run_plugin_api::ErrorKind::Other,
        format!("the QuickJS runtime cannot be read: {error}"),
    )
}

/// The runtime as a library to be linked.
pub(super) fn library() -> Result<Vec<u8>> {
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(BYTES) {
        let payload = payload.map_err(broken)?;
        match &payload {
            Payload::ImportSection(imports) => {
                out.section(&answered(imports.clone()).map_err(broken)?);
            }
            Payload::ExportSection(exports) => {
                let mut section = ExportSection::new();
                for export in exports.clone() {
                    let export = export.map_err(broken)?;
                    let kind = RoundtripReencoder
                        .export_kind(export.kind)
                        .map_err(broken)?;
                    section.export(&renamed(export.name), kind, export.index);
                }
                out.section(&section);
            }
            Payload::CustomSection(custom) if is_own_world(custom.name()) => {}
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    let at = |end: u64| usize::try_from(end).unwrap_or(BYTES.len());
                    out.section(&RawSection {
                        id,
                        data: &BYTES[at(range.start)..at(range.end)],
                    });
                }
            }
        }
    }
    let mut resolve = Resolve::default();
    let package = resolve.push_source("run.wit", WORLD).map_err(broken)?;
    let world = resolve.select_world(&[package], None).map_err(broken)?;
    let encoded = metadata::encode(&resolve, world, StringEncoding::UTF8, None).map_err(broken)?;
    out.section(&CustomSection {
        name: "component-type:run:quickjs".into(),
        data: encoded.into(),
    });
    Ok(out.finish())
}

/// One of the worlds that the runtime was made with, for its interfaces.
pub(crate) fn interfaces(of: &str) -> Result<(Resolve, wit_parser::WorldId)> {
    for payload in Parser::new(0).parse_all(BYTES) {
        if let Payload::CustomSection(custom) = payload.map_err(broken)?
            && custom.name().starts_with("component-type:")
            && custom.name().contains(of)
        {
            let mut module = Module::new();
            module.section(&CustomSection {
                name: custom.name().into(),
                data: custom.data().into(),
            });
            let (_, bindgen) = metadata::decode(&module.finish()).map_err(broken)?;
            return Ok((bindgen.resolve, bindgen.world));
        }
    }
    Err(broken(format!("it has no world `{of}`")))
}

fn is_own_world(section: &str) -> bool {
    section.starts_with("component-type:") && section.contains(":local:init:")
}

fn renamed(export: &str) -> String {
    match export {
        "init" => INITIALIZER.to_owned(),
        "cabi_post_init" => format!("cabi_post_{INITIALIZER}"),
        taken if NUMBERS.contains(&taken) => format!("runtime_{taken}"),
        other => other.to_owned(),
    }
}

fn answered(
    imports: wasmparser::ImportSectionReader<'_>,
) -> Result<ImportSection, Box<dyn std::error::Error>> {
    let mut section = ImportSection::new();
    for import in imports.into_imports() {
        let import = import?;
        let ty = RoundtripReencoder.entity_type(import.ty)?;
        let answer = ANSWERED
            .iter()
            .find(|(module, name, _)| (*module, *name) == (import.module, import.name));
        match answer {
            Some((_, _, ours)) => section.import("env", ours, ty),
            None => section.import(import.module, import.name, ty),
        };
    }
    Ok(section)
}
