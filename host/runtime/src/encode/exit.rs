//! The exit code of a command for preview 1.
//!
//! Its adapter knows success and failure only. What it does on `proc_exit` is to
//! call `exit` of `wasi:cli/exit`; beside that is `exit-with-code`, which takes
//! the code as `proc_exit` does. So that is what the module is made to import.

use wasmparser::{BinaryReader, ImportSectionReader, Imports};
use wit_component::StringEncoding;
use wit_parser::Resolve;

use super::adapters;
use crate::sections::{HEADER, IMPORT, Section, sections, write, write_name};

const EXIT: &str = "proc_exit";

/// The module with its exit codes; `None` where it does not exit, or the adapter
/// imports nothing that takes a code.
pub(super) fn exact(module: &[u8], adapter: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let say = |error: wasmparser::BinaryReaderError| error.to_string();
    let sections = sections(module).map_err(say)?;
    let Some(version) = version(adapter).map_err(say)? else {
        return Ok(None);
    };
    let interface = format!("wasi:cli/exit@{version}");
    let mut out = module[..HEADER].to_vec();
    let mut changed = false;
    for section in &sections {
        match section.id {
            IMPORT => {
                let content = imports(section, &interface).map_err(say)?;
                changed |= content.len() != section.content.len();
                write(IMPORT, &content, &mut out).map_err(|error| error.to_string())?;
            }
            _ => out.extend(section.whole),
        }
    }
    if !changed {
        return Ok(None);
    }
    embed(&mut out, &version)?;
    Ok(Some(out))
}

/// The version of `wasi:cli/exit` that the adapter imports.
fn version(adapter: &[u8]) -> Result<Option<String>, wasmparser::BinaryReaderError> {
    for section in sections(adapter)? {
        if section.id == IMPORT {
            for import in
                ImportSectionReader::new(BinaryReader::new(section.content, 0))?.into_imports()
            {
                if let Some(version) = import?.module.strip_prefix("wasi:cli/exit@") {
                    return Ok(Some(version.to_owned()));
                }
            }
        }
    }
    Ok(None)
}

/// The contents of an import section with `proc_exit` from elsewhere.
fn imports(
    section: &Section<'_>,
    interface: &str,
) -> Result<Vec<u8>, wasmparser::BinaryReaderError> {
    let content = section.content;
    let mut out = Vec::with_capacity(content.len() + 32);
    let mut copied = 0;
    for import in ImportSectionReader::new(BinaryReader::new(content, 0))? {
        let Imports::Single(start, import) = import? else {
            continue;
        };
        if import.module != adapters::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME || import.name != EXIT {
            continue;
        }
        out.extend(&content[copied..start]);
        for name in [interface, "exit-with-code"] {
            // Both are shorter than any limit.
            write_name(name, &mut out).ok();
        }
        let mut names = BinaryReader::new(&content[start..], start);
        names.read_string()?;
        names.read_string()?;
        copied = names.original_position();
    }
    out.extend(&content[copied..]);
    Ok(out)
}

/// Says what is imported, as language tools would.
fn embed(module: &mut Vec<u8>, version: &str) -> Result<(), String> {
    let wit = format!(
        "package wasi:cli@{version};
         interface exit {{
             exit: func(status: result);
             exit-with-code: func(status-code: u8);
         }}
         world exits {{ import exit; }}"
    );
    let mut resolve = Resolve::default();
    resolve
        .push_str("exit.wit", &wit)
        .and_then(|package| resolve.select_world(&[package], None))
        .and_then(|world| {
            wit_component::embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
        })
        .map_err(|error| format!("{error:#}"))
}
