//! From a core module to a component.
//!
//! A module that says which world it implements (the custom section that
//! language tools embed) becomes a component of that world; one that was made
//! for WASI preview 1 gets the adapter that speaks 0.2 for it.

mod exit;

use std::borrow::Cow;

use wasi_preview1_component_adapter_provider as adapters;
use wit_component::ComponentEncoder;

use crate::{Error, Wasm, wasm};

/// The component that `wasm` is or becomes.
///
/// # Errors
/// A core module that is neither made for a world nor a command for preview 1.
pub fn component(wasm: &Wasm) -> Result<Cow<'_, [u8]>, Error> {
    if wasm.kind() == wasm::Kind::Component {
        return Ok(Cow::Borrowed(wasm.bytes()));
    }
    encode(wasm.bytes())
        .map(Cow::Owned)
        .map_err(|reason| Error::CoreModule {
            name: wasm.name().to_owned(),
            reason,
        })
}

fn encode(module: &[u8]) -> Result<Vec<u8>, String> {
    let outside = Outside::of(module).map_err(|error| error.to_string())?;
    if !outside.has_world && !outside.is_command {
        return Err("it neither says which world it implements nor exports `_start`".to_owned());
    }
    let adapter = if outside.is_command {
        adapters::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER
    } else {
        adapters::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER
    };
    let exact = match outside.imports_preview1 && !outside.has_world {
        true => exit::exact(module, adapter)?,
        false => None,
    };
    let mut encoder = ComponentEncoder::default()
        .validate(true)
        .module(exact.as_deref().unwrap_or(module))
        .map_err(|error| format!("{error:#}"))?;
    if outside.imports_preview1 {
        encoder = encoder
            .adapter(adapters::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, adapter)
            .map_err(|error| format!("{error:#}"))?;
    } else if !outside.has_world {
        return Err("it exports `_start` and uses nothing of WASI preview 1".to_owned());
    }
    encoder.encode().map_err(|error| format!("{error:#}"))
}

/// What decides how a module is encoded.
#[derive(Default)]
struct Outside {
    has_world: bool,
    is_command: bool,
    imports_preview1: bool,
}

impl Outside {
    fn of(module: &[u8]) -> Result<Self, wasmparser::BinaryReaderError> {
        use wasmparser::Payload;
        let mut outside = Self::default();
        for payload in wasmparser::Parser::new(0).parse_all(module) {
            match payload? {
                Payload::CustomSection(section) => {
                    outside.has_world |= section.name().starts_with("component-type");
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        outside.is_command |= export?.name == "_start";
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        outside.imports_preview1 |=
                            import?.module == adapters::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME;
                    }
                }
                _ => {}
            }
        }
        Ok(outside)
    }
}
