//! `run v2 info` without a target: the project.

use run_project::ComponentKind;
use serde_json::json;

use crate::args::Info;
use crate::failure::Failure;
use crate::project;
use crate::shell::Shell;

pub(super) fn show(args: &Info, shell: &Shell) -> Result<(), Failure> {
    let project = project::load(shell)?;
    let about = &project.manifest.project;
    let components: Vec<_> = project
        .manifest
        .components
        .iter()
        .map(|component| {
            let (from, language) = match &component.kind {
                ComponentKind::Source { source, language } => (
                    source.value.as_str(),
                    language.as_ref().map(|language| language.value.as_str()),
                ),
                ComponentKind::Prebuilt { path } => (path.value.as_str(), None),
            };
            let file = project::artifact(&project, component);
            let built = file.is_file() || file.with_extension("wat").is_file();
            (component, from, language, built)
        })
        .collect();
    if args.json {
        let list: Vec<_> = components
            .iter()
            .map(|(component, from, language, built)| {
                json!({
                    "name": component.name.value.as_str(),
                    "from": from,
                    "language": language,
                    "enabled": component.enabled,
                    "built": built,
                })
            })
            .collect();
        let document = json!({
            "project": about.name.value.as_str(),
            "version": about.version.value.to_string(),
            "root": project.root.display().to_string(),
            "components": list,
            "tests": project.manifest.tests.len(),
        });
        shell.out(&document.to_string());
        return Ok(());
    }
    shell.out(&format!(
        "Project: {} {}",
        about.name.value.as_str(),
        about.version.value
    ));
    shell.out(&format!("  Root: {}", project.root.display()));
    if let Some(description) = &about.description {
        shell.out(&format!("  Description: {description}"));
    }
    shell.out("  Components:");
    for (component, from, language, built) in components {
        let language = language
            .map(|language| format!(", {language}"))
            .unwrap_or_default();
        let state = match (component.enabled, built) {
            (false, _) => "disabled",
            (true, true) => "built",
            (true, false) => "not built",
        };
        shell.out(&format!(
            "    - {}: {from}{language} ({state})",
            component.name.value.as_str()
        ));
    }
    shell.out(&format!("  Tests: {}", project.manifest.tests.len()));
    Ok(())
}
