//! Taking the initialiser's export from a component: it has been called, and
//! nobody is to call it again.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};
use wasm_encoder::{Component, ComponentSection, ComponentSectionId, RawSection};
use wasmparser::{
    BinaryReader, ComponentExportSectionReader, ComponentExternalKind, Parser, Payload,
    SectionLimited,
};

type Outcome<T> = Result<T, Error<Infallible>>;

/// The component without the export `name`, which is the function `index` of
/// the outermost component.
pub(super) fn export(bytes: &[u8], name: &str, index: u32) -> Result<Vec<u8>, String> {
    rewrite(bytes, Without { name, index }).map_err(|error| error.to_string())
}

fn rewrite(bytes: &[u8], mut without: Without<'_>) -> Outcome<Vec<u8>> {
    let mut out = Component::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        let nested = match &payload {
            Payload::ModuleSection {
                unchecked_range, ..
            } => Some((ComponentSectionId::CoreModule, unchecked_range.clone())),
            Payload::ComponentSection {
                unchecked_range, ..
            } => Some((ComponentSectionId::Component, unchecked_range.clone())),
            Payload::End(_) => {
                depth = depth.saturating_sub(1);
                None
            }
            _ => None,
        };
        if let Some((id, range)) = nested {
            if depth == 0 {
                out.section(&RawSection {
                    id: id as u8,
                    data: &bytes[range],
                });
            }
            depth += 1;
        } else if depth == 0
            && let Some((id, range)) = payload.as_section()
        {
            without.section(&mut out, id, &bytes[range])?;
        }
    }
    Ok(out.finish())
}

struct Without<'a> {
    name: &'a str,
    index: u32,
}

impl Without<'_> {
    /// Sections that name functions are written anew, the others as they are.
    fn section(&mut self, out: &mut Component, id: u8, data: &[u8]) -> Outcome<()> {
        match id {
            id if id == ComponentSectionId::Instance as u8 => {
                self.anew(out, data, Self::parse_component_instance_section)
            }
            id if id == ComponentSectionId::Alias as u8 => {
                self.anew(out, data, Self::parse_component_alias_section)
            }
            id if id == ComponentSectionId::CanonicalFunction as u8 => {
                self.anew(out, data, Self::parse_component_canonical_section)
            }
            id if id == ComponentSectionId::Export as u8 => {
                self.anew(out, data, Self::parse_component_export_section)
            }
            _ => {
                out.section(&RawSection { id, data });
                Ok(())
            }
        }
    }

    fn anew<'a, T, S: Default + ComponentSection>(
        &mut self,
        out: &mut Component,
        data: &'a [u8],
        parse: fn(&mut Self, &mut S, SectionLimited<'a, T>) -> Outcome<()>,
    ) -> Outcome<()>
    where
        T: wasmparser::FromReader<'a>,
    {
        let mut section = S::default();
        let reader = SectionLimited::new(BinaryReader::new(data, 0))?;
        parse(self, &mut section, reader)?;
        out.section(&section);
        Ok(())
    }
}

impl Reencode for Without<'_> {
    type Error = Infallible;
}

impl ReencodeComponent for Without<'_> {
    /// An export makes a function of its own; those after it move up.
    fn component_func_index(&mut self, function: u32) -> u32 {
        if function > self.index {
            function - 1
        } else {
            function
        }
    }

    fn parse_component_export_section(
        &mut self,
        exports: &mut wasm_encoder::ComponentExportSection,
        section: ComponentExportSectionReader<'_>,
    ) -> Outcome<()> {
        for export in section {
            let export = export?;
            let is_it = export.name.name == self.name && export.kind == ComponentExternalKind::Func;
            if !is_it {
                self.parse_component_export(exports, export)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_export_is_gone_and_what_follows_still_holds() {
        let bytes = wat::parse_str(
            r#"(component
                (core module $m (func (export "a")) (func (export "b")))
                (core instance $i (instantiate $m))
                (func $a (canon lift (core func $i "a")))
                (export "init" (func $a))
                (func $b (canon lift (core func $i "b")))
                (export $x "b" (func $b))
                (instance (export "c") (export "b" (func $x))))"#,
        )
        .unwrap();
        let screened = crate::preinit::screen::component;
        let index = screened(&bytes, "init").unwrap();
        let stripped = export(&bytes, "init", index).unwrap();
        wasmparser::validate(&stripped).unwrap();
        let again = screened(&stripped, "init");
        assert!(format!("{again:?}").contains("no function `init`"));
        assert!(screened(&stripped, "b").is_err(), "it is used");
    }
}
