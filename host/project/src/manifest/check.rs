//! What only the whole file can tell.

use std::collections::HashMap;
use std::ops::Range;

use crate::path::RelativePath;
use crate::problem::{Problems, problem};
use crate::value::{ValueError, quoted, suggestion};

use super::component::ComponentKind;
use super::{Component, Manifest};

pub(super) fn check(manifest: &Manifest, problems: &Problems) {
    duplicate_components(manifest, problems);
    duplicate_tests(manifest, problems);
    tested_components(manifest, problems);
    output_apart_from_source(manifest, problems);
}

/// Components become files, and some file systems do not tell `A` from `a`.
fn duplicate_components(manifest: &Manifest, problems: &Problems) {
    let mut seen: HashMap<String, &Component> = HashMap::new();
    for component in &manifest.components {
        let name = component.name.as_str();
        let Some(first) = seen.insert(name.to_ascii_lowercase(), component) else {
            continue;
        };
        let message = if first.name.as_str() == name {
            format!("a component `{name}` is there already")
        } else {
            format!(
                "the components `{}` and `{name}` differ only in case, and would be one file \
                 on some systems",
                first.name.as_str()
            )
        };
        problems.error(
            problem(
                problems.codes.duplicate,
                message,
                component.name.span.clone(),
            )
            .label("the second of the name")
            .help("give each component its own name"),
        );
    }
}

fn duplicate_tests(manifest: &Manifest, problems: &Problems) {
    let mut seen = HashMap::new();
    for name in manifest.tests.iter().filter_map(|test| test.name.as_ref()) {
        if seen.insert(name.as_str(), ()).is_some() {
            let message = format!("a test {} is there already", quoted(name));
            problems.error(
                problem(problems.codes.duplicate, message, name.span.clone())
                    .label("the second of the name")
                    .help("give each test its own name"),
            );
        }
    }
}

fn tested_components(manifest: &Manifest, problems: &Problems) {
    let known = manifest
        .components
        .iter()
        .map(|component| component.name.as_str());
    for test in &manifest.tests {
        if manifest.component(&test.component).is_none() {
            let message = format!("there is no component {}", quoted(&test.component));
            let found = problem(
                problems.codes.unknown_component,
                message,
                test.component.span.clone(),
            )
            .label("tested here");
            problems.error(match manifest.components.is_empty() {
                true => found.help("add it as a `[[component]]`"),
                false => found.help(suggestion(&test.component, known.clone())),
            });
        }
    }
}

/// What is built is also cleaned: sources must not lie there.
fn output_apart_from_source(manifest: &Manifest, problems: &Problems) {
    let output = &manifest.build.output_dir;
    for component in &manifest.components {
        let source = match &component.kind {
            ComponentKind::Source { source, .. } => Some(source),
            ComponentKind::Prebuilt { .. } => None,
        };
        for path in source.into_iter().chain(&component.wit) {
            if path.is_within(output) {
                let message = format!(
                    "`{}` lies in the output directory `{}`, which `clean` removes",
                    path.value, output.value
                );
                problems.error(
                    problem(problems.codes.conflict, message, path.span.clone())
                        .help("choose another `build.output_dir`"),
                );
            }
        }
    }
}

/// Refuses the project's root where something in it is meant.
pub(super) fn below_root(path: &RelativePath) -> Result<(), ValueError> {
    if path.is_root() {
        return Err(ValueError::new(
            "it is the whole project",
            "name something below the directory of run.toml",
        ));
    }
    Ok(())
}

/// Warns of a key of a prebuilt component that only building would read.
pub(super) fn no_effect(problems: &Problems, span: Range<usize>, key: &str) {
    let message = format!("`{key}` has no effect on a component that is not built");
    problems.warn(
        problem(problems.codes.no_effect, message, span)
            .help("remove it, or write `source` in place of `path`"),
    );
}
