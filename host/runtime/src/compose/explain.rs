//! What to say where an import finds no provider, or too many.

use run_files::nearest::nearest;

use super::ComposeError;
use super::choose::{self, Source};
use super::error::list;
use super::name::{ExternName, Fit};
use super::parts::{Content, Parts};

/// Imports that nobody provides.
pub(super) fn missing<T>(
    parts: &Parts,
    importer: usize,
    imports: Vec<String>,
) -> Result<T, ComposeError> {
    let mut help = Vec::new();
    for import in &imports {
        if choose::export(parts, importer, import)?.is_some() {
            return Err(ComposeError::SelfImport {
                importer: parts.name(importer).to_owned(),
                import: import.clone(),
            });
        }
        let near = near_misses(parts, importer, import)?;
        if near.is_empty() {
            help.extend(alike(parts, importer, import)?);
        }
        help.extend(near);
    }
    help.extend(absent(parts));
    if help.is_empty() {
        help.push("add a component that exports it to run.toml, or name one with `--with`".into());
    }
    Err(ComposeError::Missing {
        importer: parts.name(importer).to_owned(),
        imports,
        help: help.join("\n"),
    })
}

/// The same interface at another version.
fn near_misses(parts: &Parts, importer: usize, import: &str) -> Result<Vec<String>, ComposeError> {
    let mut lines = Vec::new();
    for part in parts.indices().filter(|part| *part != importer) {
        for (export, fit) in choose::near(parts, part, import)? {
            let why = match fit {
                Fit::Older => "which is older",
                _ => "which is not compatible",
            };
            lines.push(format!("`{}` exports `{export}`, {why}", parts.name(part)));
        }
    }
    Ok(lines)
}

/// An export whose name is nearly the import's.
fn alike(parts: &Parts, importer: usize, import: &str) -> Result<Option<String>, ComposeError> {
    let wanted = ExternName::parse(import).base;
    for part in parts.indices().filter(|part| *part != importer) {
        let exports = &parts.outline(part)?.exports;
        let bases = exports.iter().map(|export| ExternName::parse(export).base);
        if let Some(near) = nearest(wanted, bases) {
            return Ok(Some(format!(
                "`{}` exports `{near}`, which is spelled nearly the same",
                parts.name(part)
            )));
        }
    }
    Ok(None)
}

/// Components that nobody could look into.
fn absent(parts: &Parts) -> Vec<String> {
    let named = |wanted: fn(&Content) -> bool| -> Vec<String> {
        parts
            .indices()
            .filter(|part| wanted(&parts.get(*part).content))
            .map(|part| parts.name(part).to_owned())
            .collect()
    };
    let mut lines = Vec::new();
    let unbuilt = named(|content| matches!(content, Content::NotBuilt(_)));
    if !unbuilt.is_empty() {
        lines.push(format!(
            "not built yet, so not looked into: {}; build with `run v2 build`",
            list(&unbuilt)
        ));
    }
    let disabled = named(|content| matches!(content, Content::Disabled));
    if !disabled.is_empty() {
        lines.push(format!(
            "disabled in run.toml, so not looked into: {}",
            list(&disabled)
        ));
    }
    lines
}

/// Several components provide an import.
pub(super) fn ambiguous(
    parts: &Parts,
    importer: usize,
    import: &str,
    candidates: &[Source],
) -> ComposeError {
    let providers: Vec<usize> = candidates
        .iter()
        .filter_map(|source| match source {
            Source::Export { provider, .. } => Some(*provider),
            _ => None,
        })
        .collect();
    let names: Vec<String> = providers
        .iter()
        .map(|part| parts.name(*part).to_owned())
        .collect();
    let help = if providers.iter().any(|part| parts.get(*part).given) {
        "name only one of them".to_owned()
    } else {
        format!(
            "decide in run.toml, in the component `{}`: imports = {{ \"{}\" = \"{}\" }}",
            parts.name(importer),
            ExternName::parse(import).base,
            names.first().map_or("NAME", String::as_str),
        )
    };
    ComposeError::Ambiguous {
        importer: parts.name(importer).to_owned(),
        import: import.to_owned(),
        candidates: names,
        help,
    }
}

/// `imports` names nobody.
pub(super) fn unknown_provider(
    parts: &Parts,
    importer: usize,
    import: &str,
    provider: &str,
) -> ComposeError {
    let names: Vec<String> = parts
        .indices()
        .filter(|part| *part != importer)
        .map(|part| parts.name(part).to_owned())
        .collect();
    let help = match nearest(provider, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "there are no other components".to_owned(),
        None => format!("there is: {}", list(&names)),
    };
    ComposeError::UnknownProvider {
        importer: parts.name(importer).to_owned(),
        import: import.to_owned(),
        provider: provider.to_owned(),
        help,
    }
}

/// `imports` names a component that does not have it.
pub(super) fn not_exported<T>(
    parts: &Parts,
    importer: usize,
    import: &str,
    provider: usize,
) -> Result<T, ComposeError> {
    let mut lines = Vec::new();
    let near = choose::near(parts, provider, import)?;
    let exports = &parts.outline(provider)?.exports;
    let name = parts.name(provider);
    if let Some((export, _)) = near.first() {
        lines.push(format!("it exports `{export}`, which does not fit"));
    } else if exports.is_empty() {
        lines.push("it exports nothing".to_owned());
    } else {
        lines.push(format!("it exports {}", list(exports)));
    }
    for part in parts.indices().filter(|part| *part != importer) {
        if choose::export(parts, part, import)?.is_some() {
            lines.push(format!("`{}` does export it", parts.name(part)));
        }
    }
    Err(ComposeError::NotExported {
        importer: parts.name(importer).to_owned(),
        import: import.to_owned(),
        provider: name.to_owned(),
        help: lines.join("\n"),
    })
}

/// A circle: each of `path` with the import that leads to the next, the last to
/// the first.
pub(super) fn cycle(parts: &Parts, path: &[(usize, String)]) -> ComposeError {
    let mut names: Vec<&str> = path.iter().map(|(part, _)| parts.name(*part)).collect();
    names.extend(names.first().copied());
    let help: Vec<_> = path
        .iter()
        .zip(&names[1..])
        .map(|((part, import), next)| {
            format!("`{}` takes `{import}` from `{next}`", parts.name(*part))
        })
        .collect();
    ComposeError::Cycle {
        path: names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(" → "),
        help: help.join("\n"),
    }
}
