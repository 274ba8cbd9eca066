//! Needs the tools that the setting `tools` names, and builds an empty component
//! after asking each for its version.

use run_plugin_api::process::Command;
use run_plugin_api::{Artifact, Builder, Job, Project, Result, ToolRequirement, events, files};

struct Tools;

/// `elmc` or `elmc@>=1.2`.
fn wanted(project: &Project) -> Vec<(String, String)> {
    project
        .setting_values("tools")
        .into_iter()
        .map(|text| match text.split_once('@') {
            Some((tool, range)) => (tool.to_owned(), range.to_owned()),
            None => (text, "*".to_owned()),
        })
        .collect()
}

impl Builder for Tools {
    fn toolchain(project: &Project) -> Result<Vec<ToolRequirement>> {
        Ok(wanted(project)
            .into_iter()
            .map(|(tool, version)| ToolRequirement {
                tool,
                version,
                reason: "says its version".to_owned(),
            })
            .collect())
    }

    fn build(job: &Job) -> Result<Vec<Artifact>> {
        let project = job.project();
        job.depends_on(&project.source());
        for (tool, _) in wanted(&project) {
            let output = Command::new(&tool).arg("--version").run()?;
            let output = output.check()?;
            events::info(&format!("{tool} says {}", output.stdout.trim()));
        }
        let path = format!("{}/{}.wasm", job.output(), job.name());
        // The header of a component, and nothing in it.
        let empty = [0, b'a', b's', b'm', 13, 0, 1, 0];
        files::write(&path, empty)?;
        Ok(vec![Artifact::component(path)])
    }
}

run_plugin_api::builder!(Tools);
run_plugin_api::manifest!("plugin.toml");
