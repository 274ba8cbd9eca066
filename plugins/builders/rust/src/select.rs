//! Which target of which package is built.

use std::path::Path;

use run_plugin_api::{Error, Result};

use crate::metadata::{Metadata, Package, Target};
use crate::request::Request;

/// The package and the target that make the component.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selected<'m> {
    pub(crate) package: &'m Package,
    pub(crate) target: &'m Target,
}

/// The target that `source` names by being its root file; none where the
/// package does not own the file.
pub(crate) fn by_file<'m>(
    metadata: &'m Metadata,
    manifest: &Path,
    file: &Path,
) -> Result<Option<Selected<'m>>> {
    let Some(package) = metadata.package_of(manifest) else {
        return Ok(None);
    };
    let Some(target) = package.target_of(file) else {
        return Ok(None);
    };
    if target.is_library() && !target.is_cdylib() {
        return Err(not_a_component(package));
    }
    Ok(Some(Selected { package, target }))
}

/// The target that the settings name, or the only one there can be.
pub(crate) fn by_settings<'m>(
    metadata: &'m Metadata,
    manifest: &Path,
    request: &Request,
) -> Result<Selected<'m>> {
    let package = package(metadata, manifest, request)?;
    let bins: Vec<_> = package
        .targets
        .iter()
        .filter(|target| target.is_bin())
        .collect();
    if let Some(wanted) = &request.bin {
        return match bins.iter().find(|bin| bin.name == *wanted) {
            Some(target) => Ok(Selected { package, target }),
            None => Err(Error::invalid_input(format!(
                "the package `{}` has no binary `{wanted}`",
                package.name
            ))
            .with_help(format!(
                "it has {}",
                listed(bins.iter().map(|bin| bin.name.as_str()))
            ))),
        };
    }
    let cdylib = package
        .targets
        .iter()
        .find(|target| target.is_library() && target.is_cdylib());
    let default = bins
        .iter()
        .find(|bin| Some(&bin.name) == package.default_run.as_ref());
    match (cdylib.or(default.copied()), bins.as_slice()) {
        (Some(target), _) | (None, &[target]) => Ok(Selected { package, target }),
        (None, []) => Err(not_a_component(package)),
        (None, several) => Err(Error::invalid_input(format!(
            "the package `{}` has several binaries: {}",
            package.name,
            listed(several.iter().map(|bin| bin.name.as_str()))
        ))
        .with_help("choose one: `settings = { bin = \"…\" }`, or set `source` to its file")),
    }
}

fn package<'m>(metadata: &'m Metadata, manifest: &Path, request: &Request) -> Result<&'m Package> {
    let all = &metadata.packages;
    if let Some(wanted) = &request.package {
        return all
            .iter()
            .find(|package| package.name == *wanted)
            .ok_or_else(|| {
                Error::invalid_input(format!("the workspace has no package `{wanted}`")).with_help(
                    format!("it has {}", listed(all.iter().map(|p| p.name.as_str()))),
                )
            });
    }
    match (metadata.package_of(manifest), all.as_slice()) {
        (Some(package), _) | (None, [package]) => Ok(package),
        (None, []) => Err(Error::invalid_input(format!(
            "the workspace `{}` has no packages",
            manifest.display()
        ))),
        (None, several) => Err(Error::invalid_input(format!(
            "`{}` is a workspace of several packages: {}",
            manifest.display(),
            listed(several.iter().map(|p| p.name.as_str()))
        ))
        .with_help(
            "choose one: `settings = { package = \"…\" }`, or set `source` to its directory",
        )),
    }
}

fn not_a_component(package: &Package) -> Error {
    Error::invalid_input(format!(
        "the package `{}` is a library that does not become a component",
        package.name
    ))
    .with_help(format!(
        "add two lines to {}:\n[lib]\ncrate-type = [\"cdylib\"]",
        package.manifest_path.display()
    ))
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{metadata, request};

    fn settings(package: Option<&str>, bin: Option<&str>) -> Request {
        Request {
            package: package.map(Into::into),
            bin: bin.map(Into::into),
            ..request::sample()
        }
    }

    #[test]
    fn settings_and_shape_choose_the_target() {
        let metadata = metadata::sample();
        let (root, api) = (
            Path::new("/src/Cargo.toml"),
            Path::new("/src/crates/api/Cargo.toml"),
        );
        for (manifest, package, bin, expected) in [
            (api, None, None, Ok("api")),
            (api, None, Some("serve"), Ok("serve")),
            (root, Some("api"), None, Ok("api")),
            (root, Some("tool"), None, Ok("tool")),
            (root, Some("many"), Some("b"), Ok("b")),
            (api, None, Some("none"), Err("has no binary `none`")),
            (
                root,
                None,
                None,
                Err("a workspace of several packages: `api`, `tool`, `plain`, `many`"),
            ),
            (root, Some("none"), None, Err("no package `none`")),
            (
                root,
                Some("plain"),
                None,
                Err("does not become a component"),
            ),
            (root, Some("many"), None, Err("several binaries: `a`, `b`")),
        ] {
            match (
                by_settings(&metadata, manifest, &settings(package, bin)),
                expected,
            ) {
                (Ok(selected), Ok(name)) => assert_eq!(selected.target.name, name),
                (Err(error), Err(part)) => assert!(error.message().contains(part), "{error}"),
                (found, expected) => panic!("{found:?}, expected {expected:?}"),
            }
        }
    }

    #[test]
    fn a_root_file_chooses_its_own_target() {
        let metadata = metadata::sample();
        let api = Path::new("/src/crates/api/Cargo.toml");
        let name = |file: &str| {
            by_file(&metadata, api, Path::new(file))
                .unwrap()
                .map(|s| s.target.name.clone())
        };
        assert_eq!(
            name("/src/crates/api/src/bin/serve.rs").as_deref(),
            Some("serve")
        );
        assert_eq!(name("/src/crates/api/src/other.rs"), None);
        let plain = Path::new("/src/crates/plain/Cargo.toml");
        assert!(by_file(&metadata, plain, Path::new("/src/crates/plain/src/lib.rs")).is_err());
    }
}
