//! Whether a component is Python, and what it needs, without running anything.

use std::path::{Path, PathBuf};

use run_plugin_api::{Detection, Project, Result, ToolRequirement};

use crate::request::SOURCE_TREE;
use crate::requirements::Requirements;
use crate::source::{self, Module};

/// Python is what a `.py` file says, or a directory that has a module.
pub(crate) fn detect(project: &Project) -> Option<Detection> {
    let module = find(project).ok()?;
    let source = PathBuf::from(project.source());
    Some(Detection {
        language: "python".to_owned(),
        // Other languages' projects have a script or two as well.
        confidence: if source.is_dir() { 50 } else { 90 },
        entry: Some(module.file.to_string_lossy().into_owned()),
    })
}

/// The tool itself, and pip where packages are asked for.
pub(crate) fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
    let mut needed = vec![ToolRequirement {
        tool: "componentize-py".to_owned(),
        version: ">=0.25.0, <0.26.0".to_owned(),
        reason: "makes components of Python".to_owned(),
    }];
    let module = find(project)?;
    let setting = project.setting("requirements");
    let root = PathBuf::from(project.root());
    let asked = Requirements::find(setting.as_deref(), &root, &module.root)?;
    if let Some(file) = &asked.file {
        needed.push(ToolRequirement {
            tool: "pip".to_owned(),
            version: ">=22.1.0".to_owned(),
            reason: format!("gets what `{}` asks for", file.display()),
        });
    }
    Ok(needed)
}

fn find(project: &Project) -> Result<Module> {
    let source = PathBuf::from(project.source());
    let setting = project.setting("module");
    source::find(&source, setting.as_deref(), Path::new(SOURCE_TREE))
}
