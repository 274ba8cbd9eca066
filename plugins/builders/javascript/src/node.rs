//! Programs of the JavaScript world: the project's own first.

use std::path::{Path, PathBuf};

use run_plugin_api::files;
use run_plugin_api::process::{self, Command};

use crate::request::{Request, SOURCE_TREE};

/// How a program is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Program {
    /// A script of a package, run by node.
    Script(PathBuf),
    /// A tool of the manifest, found on PATH.
    Tool(&'static str),
}

impl Program {
    /// A command of it, without arguments yet.
    pub(crate) fn command(&self) -> Command {
        match self {
            Self::Script(path) => Command::new("node").arg(path.as_path()),
            Self::Tool(id) => Command::new(*id),
        }
    }
}

/// The program `name` of a package: in the project's `node_modules`, in what
/// was installed for the project alone, else on PATH.
pub(crate) fn find(package: &str, name: &'static str, request: &Request) -> Option<Program> {
    if process::available("node") {
        let own = request.root.join(".run/toolchains");
        let above = request
            .root
            .ancestors()
            .take_while(|directory| directory.starts_with(SOURCE_TREE))
            .map(Path::to_path_buf);
        let installed = std::fs::read_dir(&own)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()));
        let mut places: Vec<PathBuf> = above.chain([own.clone()]).chain(installed).collect();
        places.dedup();
        let found = places
            .iter()
            .map(|place| place.join("node_modules").join(package))
            .find_map(|package| script(&package, name));
        if let Some(script) = found {
            return Some(Program::Script(script));
        }
    }
    process::available(name).then_some(Program::Tool(name))
}

/// The script that a package runs as `name`.
fn script(package: &Path, name: &str) -> Option<PathBuf> {
    let text = files::read_to_string(package.join("package.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&text).ok()?;
    let bin = manifest.get("bin")?;
    let path = bin.as_str().or_else(|| bin.get(name)?.as_str())?;
    let path = package.join(path.trim_start_matches("./"));
    path.is_file().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_names_its_programs() {
        let temp = tempfile::tempdir().unwrap();
        let manifest = temp.path().join("package.json");
        files::write(temp.path().join("src/x.js"), "").unwrap();
        for (text, found) in [
            (r#"{"bin":{"x":"./src/x.js"}}"#, true),
            (r#"{"bin":"src/x.js"}"#, true),
            (r#"{"bin":{"y":"src/x.js"}}"#, false),
            (r#"{"bin":{"x":"src/none.js"}}"#, false),
            ("{", false),
        ] {
            files::write(&manifest, text).unwrap();
            assert_eq!(script(temp.path(), "x").is_some(), found, "{text}");
        }
    }
}
