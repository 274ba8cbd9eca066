//! Whether a component is Go, and what it needs, without running anything.

use std::path::{Path, PathBuf};

use run_builder_shared::paths::text;
use run_plugin_api::{Detection, Project, Result, ToolRequirement};

use crate::module_file::ModuleFile;
use crate::request::SOURCE_TREE;
use crate::source::{self, Source};

/// Go is what a `.go` file or a `go.mod` says.
pub(crate) fn detect(project: &Project) -> Option<Detection> {
    let source = find(project)?;
    let (entry, confidence) = match &source.module {
        Some(module) if source.directory == *module => (module.join("go.mod"), 100),
        _ => (source.files().first()?.clone(), 90),
    };
    Some(Detection {
        language: "go".to_owned(),
        confidence,
        entry: Some(text(&entry)),
    })
}

/// The compiler, in the version that the module asks for.
pub(crate) fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
    let version = find(project)
        .and_then(|source| source.module)
        .and_then(|module| ModuleFile::read(&module.join("go.mod")).go);
    let reason = match version {
        Some(_) => "the `go` line of go.mod",
        None => "compiles the source",
    };
    let mut tools = vec![ToolRequirement {
        tool: "go".to_owned(),
        version: version.map_or_else(|| "*".to_owned(), |version| format!(">={version}")),
        reason: reason.to_owned(),
    }];
    if project.setting("compiler").as_deref() == Some("tinygo") {
        tools.push(ToolRequirement {
            tool: "tinygo".to_owned(),
            version: "*".to_owned(),
            reason: "`compiler = \"tinygo\"`".to_owned(),
        });
    }
    Ok(tools)
}

fn find(project: &Project) -> Option<Source> {
    source::find(&PathBuf::from(project.source()), Path::new(SOURCE_TREE)).ok()
}
