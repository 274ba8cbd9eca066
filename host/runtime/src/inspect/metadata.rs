//! What tools wrote about a component into its custom sections.
//!
//! Read leniently: a section that is malformed says nothing, and does not keep
//! anyone from looking at the rest.

use wasmparser::{ComponentName, KnownCustom, Name, Parser, Payload};

/// The annotations that have a section of their own, named as the OCI's
/// `org.opencontainers.image.*` are.
const ANNOTATIONS: [&str; 7] = [
    "authors",
    "description",
    "licenses",
    "source",
    "homepage",
    "revision",
    "version",
];

/// Texts beyond this are cut: they are for people.
const LONGEST: usize = 1000;

/// Custom sections of a component or core module, and what is inside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The name of the outermost component or module.
    pub name: Option<String>,
    /// `language`, `processed-by`, `sdk`: names with versions, of all that is
    /// inside; languages are written into the core modules.
    pub producers: Vec<(String, Vec<(String, String)>)>,
    /// `authors`, `licenses` and the like, of the outermost.
    pub annotations: Vec<(&'static str, String)>,
    /// Core modules inside a component, however deep.
    pub modules: usize,
    /// Components inside a component, however deep.
    pub components: usize,
}

pub(super) fn read(bytes: &[u8]) -> Metadata {
    let mut found = Metadata::default();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload {
            Ok(Payload::ModuleSection { .. }) => {
                found.modules += 1;
                depth += 1;
            }
            Ok(Payload::ComponentSection { .. }) => {
                found.components += 1;
                depth += 1;
            }
            Ok(Payload::End(_)) => depth = depth.saturating_sub(1),
            Ok(Payload::CustomSection(section)) => match section.as_known() {
                KnownCustom::Producers(reader) => producers(reader, &mut found.producers),
                KnownCustom::Name(reader) if depth == 0 => {
                    let name = reader.into_iter().find_map(|name| match name {
                        Ok(Name::Module { name, .. }) => Some(name),
                        _ => None,
                    });
                    found.name = name.map(shortened).or(found.name);
                }
                KnownCustom::ComponentName(reader) if depth == 0 => {
                    let name = reader.into_iter().find_map(|name| match name {
                        Ok(ComponentName::Component { name, .. }) => Some(name),
                        _ => None,
                    });
                    found.name = name.map(shortened).or(found.name);
                }
                KnownCustom::Unknown if depth == 0 => {
                    let key = ANNOTATIONS.iter().find(|key| **key == section.name());
                    let text = std::str::from_utf8(section.data());
                    if let (Some(key), Ok(text)) = (key, text) {
                        found.annotations.push((key, shortened(text)));
                    }
                }
                _ => {}
            },
            Ok(_) => {}
            Err(_) => break,
        }
    }
    found
}

fn producers(
    reader: wasmparser::ProducersSectionReader,
    found: &mut Vec<(String, Vec<(String, String)>)>,
) {
    for field in reader.into_iter().flatten() {
        let at = match found.iter().position(|(name, _)| name == field.name) {
            Some(at) => at,
            None => {
                found.push((shortened(field.name), Vec::new()));
                found.len() - 1
            }
        };
        for value in field.values.into_iter().flatten() {
            let value = (shortened(value.name), shortened(value.version));
            if !found[at].1.contains(&value) && found[at].1.len() < LONGEST {
                found[at].1.push(value);
            }
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
