//! Compiler flags of a reproducible build: those of the project, and nothing of
//! this machine's paths in the result.

use std::path::Path;

use run_plugin_api::process::Argument;
use run_plugin_api::{Error, Result, events, files};
use toml::de::{DeTable, DeValue};

use crate::request::{Request, SOURCE_TREE, TARGET};
use crate::unit::Unit;

/// What cargo splits `CARGO_ENCODED_RUSTFLAGS` at.
const SEPARATOR: &str = "\u{1f}";

/// The value of `CARGO_ENCODED_RUSTFLAGS`, which replaces every other source of
/// flags. Those of the project's own configuration are kept; the user's
/// environment and home directory are not the project's.
pub(crate) fn reproducible(unit: &Unit, request: &Request) -> Result<Argument> {
    let mut flags: Vec<Argument> = configured(&unit.workspace_root)?
        .into_iter()
        .map(Argument::from)
        .collect();

    // The last prefix that fits is taken, so the most particular come last.
    let remap = |path: &Path, to: &str| {
        Argument::from("--remap-path-prefix=")
            .path(path)
            .text(format!("={to}"))
    };
    flags.push(remap(&request.cache, "/cache"));
    let lock = files::read_to_string(unit.workspace_root.join("Cargo.lock")).unwrap_or_default();
    for (source, directory) in [
        ("\"registry+", "/dirs/registry"),
        ("\"sparse+", "/dirs/registry"),
        ("\"git+", "/dirs/git"),
    ] {
        if lock.contains(source) {
            flags.push(remap(Path::new(directory), directory));
        }
    }
    flags.push(remap(Path::new(SOURCE_TREE), SOURCE_TREE));
    if let Some(hidden) = &unit.hidden {
        let original = hidden.original.to_string_lossy();
        flags.push(remap(&hidden.directory.join("src"), &original));
    }

    let joined = flags
        .into_iter()
        .reduce(|all, flag| all.text(SEPARATOR).join(flag));
    Ok(joined.unwrap_or_default())
}

/// The flags of the `.cargo/config.toml` files from the source tree's root down
/// to the workspace, in cargo's order: the nearest last.
fn configured(workspace_root: &Path) -> Result<Vec<String>> {
    let (mut of_target, mut of_build) = (Vec::new(), Vec::new());
    let mut directories: Vec<_> = workspace_root
        .ancestors()
        .take_while(|directory| directory.starts_with(SOURCE_TREE))
        .collect();
    directories.reverse();
    for directory in directories {
        let candidates = [".cargo/config", ".cargo/config.toml"];
        let Some(file) = candidates
            .iter()
            .map(|f| directory.join(f))
            .find(|f| f.is_file())
        else {
            continue;
        };
        let text = files::read_to_string(&file)?;
        let config = DeTable::parse(&text).map_err(|error| {
            Error::invalid_input(format!("`{}` is not valid: {error}", file.display()))
        })?;
        let (target, build) = flags_of(config.get_ref(), &file);
        of_target.extend(target);
        of_build.extend(build);
    }
    // Cargo takes one source of flags, the most particular there is.
    Ok(if of_target.is_empty() {
        of_build
    } else {
        of_target
    })
}

/// `target.<triple>.rustflags` and `build.rustflags` of one file.
fn flags_of(config: &DeTable<'_>, file: &Path) -> (Vec<String>, Vec<String>) {
    let table = |key: &str| config.get(key).and_then(|value| value.get_ref().as_table());
    let mut of_target = Vec::new();
    for (name, value) in table("target").into_iter().flatten() {
        let name: &str = name.get_ref();
        let found = flags(
            value
                .get_ref()
                .get("rustflags")
                .map(|value| value.get_ref()),
        );
        if name == TARGET {
            of_target.extend(found);
        } else if name.starts_with("cfg(") && !found.is_empty() {
            events::warn(&format!(
                "`target.'{name}'.rustflags` of {} is left out of a reproducible build; \
                 write it as `target.{TARGET}.rustflags`",
                file.display()
            ));
        }
    }
    let build = table("build").and_then(|build| build.get("rustflags"));
    (of_target, flags(build.map(|value| value.get_ref())))
}

/// A string of words, or an array.
fn flags(value: Option<&DeValue<'_>>) -> Vec<String> {
    match value {
        Some(DeValue::String(words)) => words.split_whitespace().map(str::to_owned).collect(),
        Some(DeValue::Array(words)) => words
            .iter()
            .filter_map(|word| word.get_ref().as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{request, unit};

    #[test]
    fn paths_are_remapped_and_the_tree_last() {
        let flags = reproducible(&unit::sample(), &request::sample())
            .unwrap()
            .to_string();
        let flags: Vec<_> = flags.split(SEPARATOR).collect();
        assert_eq!(
            flags,
            [
                "--remap-path-prefix=/cache=/cache",
                "--remap-path-prefix=/src=/src"
            ]
        );
    }

    #[test]
    fn flags_of_the_projects_configuration() {
        let config = "build.rustflags = 'a  b'\n[target.wasm32-wasip2]\nrustflags = ['-C', 'x y']\n\
                      [target.other]\nrustflags = ['no']";
        let of = |text| {
            flags_of(
                DeTable::parse(text).unwrap().get_ref(),
                Path::new("config.toml"),
            )
        };
        let (target, build) = of(config);
        assert_eq!(target, ["-C", "x y"]);
        assert_eq!(build, ["a", "b"]);
        assert_eq!(of("build = 1\ntarget = []"), (vec![], vec![]));
    }
}
