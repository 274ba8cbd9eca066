//! Whether a component is Zig, and what it needs, without running anything.

use std::path::{Path, PathBuf};

use run_builder_shared::paths::text;
use run_plugin_api::{Detection, Project, Result, ToolRequirement};

use crate::source::{self, Source};

/// Zig is what a `.zig` file or a `build.zig` says.
pub(crate) fn detect(project: &Project) -> Option<Detection> {
    let (entry, confidence) = match find(project)? {
        Source::Project(directory) => (directory.join("build.zig"), 100),
        Source::File(file) => (file, 90),
    };
    Some(Detection {
        language: "zig".to_owned(),
        confidence,
        entry: Some(text(&entry)),
    })
}

/// The compiler, in the version that the project asks for.
pub(crate) fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
    let minimum = match find(project) {
        Some(Source::Project(directory)) => minimum_version(&directory),
        _ => None,
    };
    Ok(vec![ToolRequirement {
        tool: "zig".to_owned(),
        reason: match minimum {
            Some(_) => "`minimum_zig_version` of build.zig.zon".to_owned(),
            None => "compiles the source".to_owned(),
        },
        version: minimum.map_or_else(|| "*".to_owned(), |version| format!(">={version}")),
    }])
}

fn find(project: &Project) -> Option<Source> {
    source::find(&PathBuf::from(project.source())).ok()
}

fn minimum_version(directory: &Path) -> Option<String> {
    let text = std::fs::read_to_string(directory.join("build.zig.zon")).ok()?;
    let (_, rest) = text.split_once(".minimum_zig_version")?;
    let version = rest.split('"').nth(1)?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use run_plugin_api::files;

    use super::*;

    #[test]
    fn the_version_is_the_projects_own() {
        let temp = tempfile::tempdir().unwrap();
        assert_eq!(minimum_version(temp.path()), None);
        files::write(
            temp.path().join("build.zig.zon"),
            ".{ .name = .x, .minimum_zig_version = \"0.17.0\" }",
        )
        .unwrap();
        assert_eq!(minimum_version(temp.path()).as_deref(), Some("0.17.0"));
    }
}
