//! Where things are kept, and how much there is of them.

use std::fs;
use std::path::Path;

use run_project::Project;
use serde_json::json;

use super::findings::{Finding, Level, Section};
use crate::progress::bytes;
use crate::project;

pub(super) fn section(project: Option<&Project>) -> Section {
    let mut findings = Vec::new();
    match run_files::dirs::cache() {
        Some(dir) => findings.push(directory(
            &dir,
            "compiled components and plugins, shared by all projects",
        )),
        None => findings.push(
            Finding::new(Level::Advice, "there is no directory for a cache")
                .help("set HOME, or RUN_CACHE_DIR to a directory that is only yours"),
        ),
    }
    if let Some(project) = project {
        let run = project.root.join(".run");
        for (dir, what) in [
            (
                run.join("toolchains"),
                "tools installed for this project alone",
            ),
            (run.join("cache"), "what plugins keep from build to build"),
            (run.join("build"), "records of the last builds"),
            (project::output_dir(project), "components that were built"),
        ] {
            findings.push(directory(&dir, what));
        }
    }
    Section {
        title: "Directories".to_owned(),
        key: "directories",
        findings,
    }
}

fn directory(dir: &Path, what: &str) -> Finding {
    let size = dir.is_dir().then(|| size(dir));
    let shown = match size {
        Some(size) => bytes(size),
        None => "nothing yet".to_owned(),
    };
    let data = json!({ "path": dir.display().to_string(), "bytes": size, "what": what });
    Finding::new(Level::Fact, format!("{}: {shown} ({what})", dir.display())).data(data)
}

/// Of all files below, as far as they can be seen; links are not followed.
fn size(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => size(&entry.path()),
            Ok(meta) if meta.is_file() => meta.len(),
            _ => 0,
        })
        .sum()
}
