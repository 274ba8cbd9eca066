//! What a component imports and exports, by name, from the few sections of its
//! file that say so.
//!
//! A project has many components and most of them have nothing to do with the
//! one that is run. Their code, which is nearly all of a file, is skipped.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind, ComponentType,
    ComponentTypeRef, InstanceTypeDeclaration, Parser, Payload, TypeBounds,
};

/// The outside of a component, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) imports: Vec<Import>,
    pub(super) exports: Vec<String>,
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) name: String,
    /// It holds nothing but types that are equal to others: nothing of it is
    /// there when the component runs, so nobody has to provide it.
    pub(super) only_types: bool,
}

/// Why there is no outline.
#[derive(Debug)]
pub(super) enum Unreadable {
    Io(io::Error),
    /// It is text, which has to be assembled first.
    Text,
    Malformed(String),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The outline of a binary file; a core module's is empty.
pub(super) fn of_file(path: &Path) -> Result<Outline, Unreadable> {
    outline(BufReader::new(File::open(path)?))
}

/// The outline of a binary in memory.
pub(super) fn of_bytes(bytes: &[u8]) -> Result<Outline, Unreadable> {
    outline(Cursor::new(bytes))
}

fn outline(mut file: impl Read + Seek) -> Result<Outline, Unreadable> {
    let mut header = [0; 8];
    match file.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(Unreadable::Text),
        other => other?,
    }
    if !header.starts_with(b"\0asm") {
        return Err(Unreadable::Text);
    }
    // Layer 0 is a core module (Component Model, "Binary Format").
    if header[6..] == [0, 0] {
        return Ok(Outline::default());
    }
    let skimmed = skim(header, &mut file)?;
    read(&skimmed).map_err(|error| Unreadable::Malformed(error.to_string()))
}

/// The header and the sections that names and kinds are in: alias (6), type (7),
/// import (10) and export (11).
fn skim(header: [u8; 8], file: &mut (impl Read + Seek)) -> Result<Vec<u8>, Unreadable> {
    let mut skimmed = header.to_vec();
    let mut id = [0];
    while file.read(&mut id)? == 1 {
        let size = leb128(file)?;
        if !matches!(id[0], 6 | 7 | 10 | 11) {
            file.seek(SeekFrom::Current(i64::from(size)))?;
            continue;
        }
        skimmed.push(id[0]);
        push_leb128(&mut skimmed, size);
        // What is there is read and nothing made ready for what a damaged size
        // promises.
        let read = file.take(u64::from(size)).read_to_end(&mut skimmed)?;
        if read as u64 != u64::from(size) {
            return Err(Unreadable::Malformed(
                "the file ends before its section does".to_owned(),
            ));
        }
    }
    Ok(skimmed)
}

fn leb128(file: &mut impl Read) -> Result<u32, Unreadable> {
    let mut value = 0_u64;
    for shift in (0..35).step_by(7) {
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        value |= u64::from(byte[0] & 0x7f) << shift;
        if byte[0] & 0x80 == 0 {
            return u32::try_from(value)
                .map_err(|_| Unreadable::Malformed("a section is too long".to_owned()));
        }
    }
    Err(Unreadable::Malformed(
        "a section's size has no end".to_owned(),
    ))
}

fn push_leb128(out: &mut Vec<u8>, mut value: u32) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

fn read(skimmed: &[u8]) -> wasmparser::Result<Outline> {
    let mut outline = Outline::default();
    // The index space of types, each with whether it is an instance that holds
    // only types.
    let mut types = Vec::new();
    for payload in Parser::new(0).parse_all(skimmed) {
        match payload? {
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    types.push(matches!(ty?, ComponentType::Instance(declarations)
                        if holds_only_types(&declarations)));
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    if makes_type(&alias?) {
                        types.push(false);
                    }
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    let import = import?;
                    let only_types = match import.ty {
                        ComponentTypeRef::Instance(index) => {
                            types.get(index as usize).copied().unwrap_or(false)
                        }
                        ComponentTypeRef::Type(bounds) => {
                            types.push(false);
                            matches!(bounds, TypeBounds::Eq(_))
                        }
                        _ => false,
                    };
                    outline.imports.push(Import {
                        name: import.name.name.to_owned(),
                        only_types,
                    });
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ComponentExternalKind::Type {
                        types.push(false);
                    }
                    outline.exports.push(export.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(outline)
}

fn holds_only_types(declarations: &[InstanceTypeDeclaration<'_>]) -> bool {
    declarations.iter().all(|declaration| match declaration {
        InstanceTypeDeclaration::Export { ty, .. } => {
            matches!(ty, ComponentTypeRef::Type(TypeBounds::Eq(_)))
        }
        _ => true,
    })
}

fn makes_type(alias: &ComponentAlias<'_>) -> bool {
    matches!(
        alias,
        ComponentAlias::InstanceExport {
            kind: ComponentExternalKind::Type,
            ..
        } | ComponentAlias::Outer {
            kind: ComponentOuterAliasKind::Type,
            ..
        }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"(component
        (core module (func (export "f")))
        (type $record (record (field "x" u32)))
        (import "a:b/types@0.1.0" (instance $types
            (type $point (record (field "x" u32)))
            (export "point" (type (eq $point)))))
        (alias export $types "point" (type $point))
        (import "a:b/handles@0.1.0" (instance (export "r" (type (sub resource)))))
        (import "a:b/ops@0.1.0" (instance (export "f" (func))))
        (import "point" (type (eq $point)))
        (import "log" (func $log))
        (export "loud" (func $log))
        (instance $empty)
        (export "a:b/empty@0.1.0" (instance $empty))
    )"#;

    #[test]
    fn names_are_read_and_code_is_not() {
        let bytes = wat::parse_str(TEXT).unwrap();
        let outline = of_bytes(&bytes).unwrap();
        let imports: Vec<_> = outline
            .imports
            .iter()
            .map(|import| (import.name.as_str(), import.only_types))
            .collect();
        assert_eq!(
            imports,
            [
                ("a:b/types@0.1.0", true),
                ("a:b/handles@0.1.0", false),
                ("a:b/ops@0.1.0", false),
                ("point", true),
                ("log", false),
            ]
        );
        assert_eq!(outline.exports, ["loud", "a:b/empty@0.1.0"]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wasm");
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(of_file(&path).unwrap(), outline);
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let bytes = wat::parse_str(TEXT).unwrap();
        for cut in 0..bytes.len() {
            of_bytes(&bytes[..cut]).ok();
        }
        for (index, _) in bytes.iter().enumerate() {
            let mut damaged = bytes.clone();
            damaged[index] ^= 0xff;
            of_bytes(&damaged).ok();
        }
        let mut long = bytes[..8].to_vec();
        long.extend([7, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]);
        assert!(matches!(of_bytes(&long), Err(Unreadable::Malformed(_))));
        assert!(matches!(of_bytes(b"(component)"), Err(Unreadable::Text)));
        let module = of_bytes(b"\0asm\x01\0\0\0").unwrap();
        assert_eq!(module, Outline::default());
    }
}
