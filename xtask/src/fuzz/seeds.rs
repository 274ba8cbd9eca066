//! Where a fuzz target starts from.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::at;
use crate::step::{self, Result};

/// Directories with inputs for `target`, read and not written. What is made of
/// other sources goes below `work`.
pub(crate) fn directories(target: &str, work: &Path) -> Result<Vec<PathBuf>> {
    let root = step::root();
    let mut found = Vec::new();
    let own = root.join("tests/fuzz/seeds").join(target);
    if own.is_dir() {
        found.push(own);
    }
    match target {
        // Each of them is there for something that a manifest can do wrong.
        "run_toml" => found.push(root.join("host/project/tests/cases")),
        "component_info" | "nan" | "plugin_manifest" => found.push(assembled(&root, work)?),
        _ => {}
    }
    if found.is_empty() {
        return Err(format!("tests/fuzz/seeds has nothing for {target}"));
    }
    Ok(found)
}

/// The seeds in text form as binaries.
fn assembled(root: &Path, work: &Path) -> Result<PathBuf> {
    let (from, to) = (root.join("tests/fuzz/seeds/wat"), work.join("assembled"));
    fs::create_dir_all(&to).map_err(|error| at(&to, error))?;
    for entry in fs::read_dir(&from).map_err(|error| at(&from, error))? {
        let path = entry.map_err(|error| at(&from, error))?.path();
        // Some of them are there because they do not parse.
        if let (Ok(bytes), Some(name)) = (wat::parse_file(&path), path.file_stem()) {
            let path = to.join(name).with_extension("wasm");
            fs::write(&path, bytes).map_err(|error| at(&path, error))?;
        }
    }
    Ok(to)
}
