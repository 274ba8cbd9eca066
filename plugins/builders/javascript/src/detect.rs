//! Whether a component is JavaScript or TypeScript, without running anything.

use std::path::PathBuf;

use run_plugin_api::{Detection, Project, ToolRequirement};

use crate::request::{Settings, text};
use crate::source::{self, ENDINGS};

/// A file's ending says it, or a `package.json` with an entry that is there.
pub(crate) fn detect(project: &Project) -> Option<Detection> {
    let source = PathBuf::from(project.source());
    let entry = source::entry(&source).ok()?;
    let ending = entry.extension()?.to_str()?;
    if !ENDINGS.contains(&ending) {
        return None;
    }
    let language = if source::is_typescript(&entry) {
        "typescript"
    } else {
        "javascript"
    };
    // A directory may be something else as well: packages of other languages
    // have a package.json for their tools.
    let confidence = if source.is_dir() { 60 } else { 90 };
    Some(Detection {
        language: language.to_owned(),
        confidence,
        entry: Some(text(&entry)),
    })
}

/// Nothing, unless the project's settings ask for it.
pub(crate) fn toolchain(project: &Project) -> Vec<ToolRequirement> {
    let settings = Settings::of(project);
    let mut tools = Vec::new();
    let mut require = |tool: &str, version: &str, reason: &str| {
        tools.push(ToolRequirement {
            tool: tool.to_owned(),
            version: version.to_owned(),
            reason: reason.to_owned(),
        });
    };
    if settings.engine.as_deref() == Some("starlingmonkey") {
        require("node", ">=20.0.0", "runs jco");
        require("jco", "*", "the setting `engine` is `starlingmonkey`");
    }
    if settings.typecheck == Some(true) {
        require("tsc", "*", "the setting `typecheck` is true");
    }
    tools
}
