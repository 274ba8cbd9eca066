//! What a component imports and exports, by name, and how much memory it wants.

use run_plugin_api::{Error, Result};
use wasmparser::{Parser, Payload};

use crate::shim::INTERFACES;

/// The page that memory grows by.
const PAGE: u64 = 64 * 1024;

/// The outside of a component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// Names of imports, with their versions.
    pub imports: Vec<String>,
    /// Names of exports, with their versions.
    pub exports: Vec<String>,
    /// What its memories begin with, in bytes.
    pub memory: u64,
}

impl Outside {
    /// Reads the names; nothing is validated.
    ///
    /// # Errors
    /// It is no component.
    pub fn of(component: &[u8]) -> Result<Self> {
        let broken = |error: wasmparser::BinaryReaderError| {
            Error::invalid_input(format!("the artifact is not a component: {error}"))
        };
        if !Parser::is_component(component) {
            return Err(Error::invalid_input("the artifact is not a component"));
        }
        let mut outside = Self::default();
        let mut depth = 0usize;
        for payload in Parser::new(0).parse_all(component) {
            match payload.map_err(broken)? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        let import = import.map_err(broken)?;
                        outside.imports.push(import.name.name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        let export = export.map_err(broken)?;
                        outside.exports.push(export.name.name.to_owned());
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        let pages = memory.map_err(broken)?.initial;
                        outside.memory = outside.memory.saturating_add(pages.saturating_mul(PAGE));
                    }
                }
                _ => {}
            }
        }
        Ok(outside)
    }

    /// Whether it exports this interface of WASI 0.2, e.g. `wasi:cli/run`.
    #[must_use]
    pub fn exports(&self, interface: &str) -> bool {
        self.exports.iter().any(|name| is_0_2(name, interface))
    }

    /// Whether it imports this interface, of any version.
    #[must_use]
    pub fn imports(&self, interface: &str) -> bool {
        self.imports.iter().any(|name| bare(name) == interface)
    }

    /// Refuses imports that are not there where it is to run: `more` is what
    /// the platform has beyond [`INTERFACES`].
    ///
    /// # Errors
    /// There is one.
    pub fn check_imports(&self, more: &[&str]) -> Result<()> {
        let missing: Vec<_> = self
            .imports
            .iter()
            .filter(|name| !(is_known(name) || more.contains(&bare(name))))
            .map(|name| format!("`{name}`"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::invalid_input(format!(
            "the component imports {}, which this platform does not have",
            missing.join(", ")
        ))
        .with_help(
            "WASI 0.2 is there, with an empty file system and without sockets; what another \
             component provides has to be composed with this one first",
        ))
    }
}

fn bare(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// Interfaces that are not stable have no 0.2 of their own.
fn is_known(name: &str) -> bool {
    let interface = bare(name);
    let unstable = ["wasi:config/", "wasi:logging/"]
        .iter()
        .any(|package| interface.starts_with(package));
    INTERFACES.contains(&interface) && (unstable || is_0_2(name, interface))
}

fn is_0_2(name: &str, interface: &str) -> bool {
    name.strip_prefix(interface)
        .and_then(|rest| rest.strip_prefix("@0.2."))
        .is_some_and(|patch| patch.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(imports: &[&str], exports: &[&str]) -> Outside {
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Outside {
            imports: owned(imports),
            exports: owned(exports),
            memory: 0,
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let known = [
            "wasi:io/poll@0.2.12",
            "wasi:http/types@0.2.0",
            "wasi:config/store@0.2.0-rc.1",
        ];
        assert!(outside(&known, &[]).check_imports(&[]).is_ok());
        for unknown in [
            "wasi:io/poll@0.3.0",
            "wasi:io/poll",
            "acme:db/query@1.0.0",
            "wasi:keyvalue/store@0.2.0-draft",
            "log",
        ] {
            let error = outside(&[unknown], &[]).check_imports(&[]).unwrap_err();
            assert!(error.message().contains(unknown), "{}", error.message());
        }
        let store = outside(&["wasi:keyvalue/store@0.2.0-draft"], &[]);
        assert!(store.check_imports(&["wasi:keyvalue/store"]).is_ok());
        assert!(store.imports("wasi:keyvalue/store"));
    }

    #[test]
    fn exports_are_of_0_2() {
        let it = outside(&[], &["wasi:http/incoming-handler@0.2.12"]);
        assert!(it.exports("wasi:http/incoming-handler"));
        assert!(!it.exports("wasi:cli/run"));
        assert!(!outside(&[], &["wasi:cli/run@0.3.0"]).exports("wasi:cli/run"));
    }

    #[test]
    fn what_is_no_component_is_refused() {
        for bytes in [&b""[..], b"\0asm\x01\0\0\0", b"text"] {
            assert!(Outside::of(bytes).is_err());
        }
        let empty = Outside::of(b"\0asm\x0d\0\x01\0").unwrap();
        assert_eq!(empty, Outside::default());
        assert!(Outside::of(b"\0asm\x0d\0\x01\0\xff\xff").is_err());
    }
}
