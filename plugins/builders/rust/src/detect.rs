//! Whether a component is Rust, and what it needs, without running anything.

use std::path::{Path, PathBuf};

use run_plugin_api::{Detection, Project, Result, ToolRequirement, files};

use crate::request::{SOURCE_TREE, text};
use crate::source::{self, Source};

/// Rust is what a `.rs` file or a `Cargo.toml` says.
pub(crate) fn detect(project: &Project) -> Option<Detection> {
    let (entry, confidence) = match find(project)? {
        Source::Manifest(manifest) => (manifest, 100),
        Source::File { file, .. } => (file, 90),
    };
    Some(Detection {
        language: "rust".to_owned(),
        confidence,
        entry: Some(text(&entry)),
    })
}

/// The compiler, in the version that the package asks for.
pub(crate) fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
    let manifest = match find(project) {
        Some(Source::Manifest(manifest)) => Some(manifest),
        Some(Source::File { nearest, .. }) => nearest,
        None => None,
    };
    let version = manifest.and_then(|manifest| minimum_version(&manifest));
    let requirement = |tool: &str, reason: &str| ToolRequirement {
        tool: tool.to_owned(),
        version: version
            .as_ref()
            .map_or_else(|| "*".to_owned(), |version| format!(">={version}")),
        reason: match version {
            Some(_) => "`rust-version` of Cargo.toml".to_owned(),
            None => reason.to_owned(),
        },
    };
    Ok(vec![
        requirement("cargo", "builds the package"),
        requirement("rustc", "compiles it"),
    ])
}

fn find(project: &Project) -> Option<Source> {
    let source = PathBuf::from(project.source());
    source::find(&source, Path::new(SOURCE_TREE)).ok()
}

/// `package.rust-version`; cargo itself checks the versions that a workspace
/// or a dependency asks for.
fn minimum_version(manifest: &Path) -> Option<String> {
    let text = files::read_to_string(manifest).ok()?;
    let manifest = toml::de::DeTable::parse(&text).ok()?;
    let package = manifest.get_ref().get("package")?.get_ref();
    Some(package.get("rust-version")?.get_ref().as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_packages_own() {
        let temp = tempfile::tempdir().unwrap();
        let manifest = temp.path().join("Cargo.toml");
        for (text, expected) in [
            ("[package]\nrust-version = '1.90'", Some("1.90")),
            ("[package]\nrust-version.workspace = true", None),
            ("[workspace]", None),
            ("not toml", None),
        ] {
            files::write(&manifest, text).unwrap();
            assert_eq!(minimum_version(&manifest).as_deref(), expected, "{text}");
        }
    }
}
