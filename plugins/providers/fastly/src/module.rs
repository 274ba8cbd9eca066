//! Core modules: the platform's older interface, whose calls are functions that are
//! imported beside those of WASI preview 1. Its SDKs make them for `wasm32-wasip1`.

use run_plugin_api::{Error, Result};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef, Validator};

/// What is imported from: the system interface, and every part of the platform's
/// own, each a module of this beginning.
const SYSTEM: &str = "wasi_snapshot_preview1";
const PLATFORM: &str = "fastly_";

/// What the platform calls for each request.
const START: &str = "_start";

/// How many imports are named in an error.
const NAMED: usize = 8;

/// Whether these are a core module, and no component.
pub(crate) fn is_module(bytes: &[u8]) -> bool {
    Parser::is_core_wasm(bytes)
}

/// The outside of a module, as far as the platform looks at it.
#[derive(Debug, Default)]
struct Outside {
    /// Imports that it does not have.
    foreign: Vec<String>,
    /// Whether one of its own calls is imported.
    is_platforms: bool,
    starts: bool,
}

/// Looks whether the platform can run it.
///
/// # Errors
/// It is not valid, imports what the platform does not have, or is not started by it.
pub(crate) fn check(bytes: &[u8]) -> Result<()> {
    let invalid = |error: wasmparser::BinaryReaderError| {
        Error::invalid_input(format!("the core module is not valid: {error}"))
    };
    Validator::new().validate_all(bytes).map_err(invalid)?;
    let outside = outside(bytes).map_err(invalid)?;
    if !outside.foreign.is_empty() {
        let named = &outside.foreign[..outside.foreign.len().min(NAMED)];
        let more = match outside.foreign.len() - named.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        return Err(Error::invalid_input(format!(
            "the core module imports {}{more}, which this platform does not have",
            named.join(", ")
        ))
        .with_help(format!(
            "functions of `{SYSTEM}` and of `{PLATFORM}…` are there; what was made for a world of \
             WIT has to become a component first, and is deployed without `module`"
        )));
    }
    if !outside.starts {
        return Err(Error::invalid_input(format!(
            "the core module exports no function `{START}`, which the platform calls for each \
             request"
        ))
        .with_help("build a program, and no library, for `wasm32-wasip1`"));
    }
    if !outside.is_platforms {
        return Err(Error::invalid_input(
            "the core module imports nothing of the platform's, so it cannot answer a request",
        )
        .with_help(
            "build it with the platform's SDK; a handler of `wasi:http` is a component, and \
             deployed without `module`",
        ));
    }
    Ok(())
}

fn outside(bytes: &[u8]) -> wasmparser::Result<Outside> {
    let mut outside = Outside::default();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    let is_function = matches!(import.ty, TypeRef::Func(_));
                    let is_platforms = is_function && import.module.starts_with(PLATFORM);
                    let is_systems = is_function && import.module == SYSTEM;
                    outside.is_platforms |= is_platforms;
                    if !(is_platforms || is_systems) {
                        let name = format!("`{}.{}`", import.module, import.name);
                        outside.foreign.push(name.escape_debug().to_string());
                    }
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    outside.starts |= export.name == START && export.kind == ExternalKind::Func;
                }
            }
            _ => {}
        }
    }
    Ok(outside)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with these imports of functions and this export of the first one,
    /// in the binary format.
    fn module(imports: &[(&str, &str)], export: &str) -> Vec<u8> {
        fn name(text: &str) -> Vec<u8> {
            let mut bytes = vec![u8::try_from(text.len()).unwrap()];
            bytes.extend(text.bytes());
            bytes
        }
        let section = |id: u8, content: Vec<u8>| {
            let mut bytes = vec![id, u8::try_from(content.len()).unwrap()];
            bytes.extend(content);
            bytes
        };
        let mut imported = vec![u8::try_from(imports.len()).unwrap()];
        for (module, field) in imports {
            imported.extend([name(module), name(field), vec![0, 0]].concat());
        }
        let exported = [vec![1], name(export), vec![0, 0]].concat();
        [
            b"\0asm\x01\0\0\0".to_vec(),
            section(1, vec![1, 0x60, 0, 0]),
            section(2, imported),
            section(7, exported),
        ]
        .concat()
    }

    #[test]
    fn what_the_platform_has_is_taken() {
        let fits = module(
            &[
                ("fastly_http_resp", "send_downstream"),
                ("wasi_snapshot_preview1", "fd_write"),
            ],
            "_start",
        );
        assert!(is_module(&fits));
        check(&fits).unwrap();
        assert!(!is_module(b"\0asm\x0d\0\x01\0"));
    }

    #[test]
    fn what_it_does_not_have_is_named() {
        let ours = ("fastly_abi", "init");
        let many: Vec<_> = (0..10).map(|_| ("env", "f")).collect();
        for (bytes, expected) in [
            (
                module(
                    &[ours, ("env", "log"), ("wasi_unstable", "fd_write")],
                    "_start",
                ),
                "imports `env.log`, `wasi_unstable.fd_write`, which",
            ),
            (module(&many, "_start"), "`env.f` and 2 more, which"),
            (module(&[ours], "run"), "exports no function `_start`"),
            (
                module(&[("wasi_snapshot_preview1", "sched_yield")], "_start"),
                "cannot answer a request",
            ),
            (b"\0asm\x01\0\0\0\x01\x05".to_vec(), "is not valid"),
        ] {
            let error = check(&bytes).unwrap_err();
            assert!(error.message().contains(expected), "{}", error.message());
        }
    }
}
