//! Who provides one import.

use super::explain;
use super::name::{self, Fit};
use super::outline::Import;
use super::parts::{Content, Parts};
use super::plan::ROOT;
use super::{Choice, ComposeError};

/// Where an import comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// From another component.
    Export {
        /// Which part.
        provider: usize,
        /// The export's name, which can be at a newer version.
        name: String,
    },
    /// From nobody: it holds nothing but types, and is made from its own.
    Types,
    /// From whoever runs the composition.
    Host,
}

/// The source of an import of `importer`; `None` where nobody provides it.
///
/// # Errors
/// Several do and nothing decides, or what decides cannot be followed.
pub(super) fn source(
    parts: &Parts,
    importer: usize,
    import: &Import,
) -> Result<Option<Source>, ComposeError> {
    if import.only_types {
        return Ok(Some(of_types(importer, &import.name)));
    }
    let (mut given, mut found) = (Vec::new(), Vec::new());
    for candidate in parts.indices().filter(|part| *part != importer) {
        if let Some(name) = export(parts, candidate, &import.name)? {
            let source = Source::Export {
                provider: candidate,
                name,
            };
            if parts.get(candidate).given {
                given.push(source);
            } else {
                found.push(source);
            }
        }
    }
    if let Some(source) = only(parts, importer, import, given)? {
        return Ok(Some(source));
    }
    if let Some(choice) = choice(parts, importer, &import.name) {
        return chosen(parts, importer, &import.name, &choice.provider).map(Some);
    }
    if let Some(source) = only(parts, importer, import, found)? {
        return Ok(Some(source));
    }
    Ok(name::is_wasi(&import.name).then_some(Source::Host))
}

/// Types of an interface need nobody. Types that are imported by themselves
/// belong to functions beside them: those of the root are seen from outside,
/// and stay imports.
fn of_types(importer: usize, import: &str) -> Source {
    let of_interface = import.contains(':');
    if name::is_wasi(import) || (importer == ROOT && !of_interface) {
        Source::Host
    } else {
        Source::Types
    }
}

/// What `candidate` exports that can be this import.
pub(super) fn export(
    parts: &Parts,
    candidate: usize,
    import: &str,
) -> Result<Option<String>, ComposeError> {
    let exports = &parts.outline(candidate)?.exports;
    Ok(name::best(import, exports.iter().map(String::as_str)).map(str::to_owned))
}

/// The key of `imports` that decides: one with the version before one without.
fn choice<'p>(parts: &'p Parts, importer: usize, import: &str) -> Option<&'p Choice> {
    let choices = &parts.get(importer).choices;
    choices
        .iter()
        .find(|choice| choice.import == import)
        .or_else(|| {
            choices
                .iter()
                .find(|choice| name::key_means(&choice.import, import))
        })
}

fn only(
    parts: &Parts,
    importer: usize,
    import: &Import,
    mut candidates: Vec<Source>,
) -> Result<Option<Source>, ComposeError> {
    if candidates.len() < 2 {
        return Ok(candidates.pop());
    }
    Err(explain::ambiguous(
        parts,
        importer,
        &import.name,
        &candidates,
    ))
}

fn chosen(
    parts: &Parts,
    importer: usize,
    import: &str,
    provider: &str,
) -> Result<Source, ComposeError> {
    let Some(index) = parts.indices().find(|part| parts.name(*part) == provider) else {
        return Err(explain::unknown_provider(parts, importer, import, provider));
    };
    let names = || {
        (
            parts.name(importer).to_owned(),
            import.to_owned(),
            provider.to_owned(),
        )
    };
    match &parts.get(index).content {
        Content::Disabled => {
            let (importer, import, provider) = names();
            Err(ComposeError::Disabled {
                importer,
                import,
                provider,
            })
        }
        Content::NotBuilt(path) => {
            let (importer, import, provider) = names();
            Err(ComposeError::NotBuilt {
                importer,
                import,
                provider,
                path: path.display().to_string(),
            })
        }
        Content::File(_) | Content::Wasm(_) if index == importer => Err(ComposeError::SelfImport {
            importer: provider.to_owned(),
            import: import.to_owned(),
        }),
        Content::File(_) | Content::Wasm(_) => match export(parts, index, import)? {
            Some(name) => Ok(Source::Export {
                provider: index,
                name,
            }),
            None => explain::not_exported(parts, importer, import, index),
        },
    }
}

/// Exports of `part` that are the same interface at a version that does not fit.
pub(super) fn near(
    parts: &Parts,
    part: usize,
    import: &str,
) -> Result<Vec<(String, Fit)>, ComposeError> {
    Ok(parts
        .outline(part)?
        .exports
        .iter()
        .map(|export| (export.clone(), name::fit(import, export)))
        .filter(|(_, fit)| matches!(fit, Fit::Older | Fit::Incompatible))
        .collect())
}
