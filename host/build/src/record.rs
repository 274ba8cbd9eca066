//! What the last build of a component was made from: kept beside its cache, so
//! that a build with nothing to do does nothing.

use std::fs;
use std::path::Path;

use run_files::{Digest, atomic};
use serde::{Deserialize, Serialize};

use crate::inputs::Inputs;

/// The format; another one is not read.
const VERSION: u32 = 1;

/// One component's last build.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    version: u32,
    /// Everything that decided the build and is not a file of the source tree.
    key: String,
    inputs: Inputs,
    /// Files outside the source tree: the tools, by path, size and time.
    tools: Vec<(String, String)>,
    /// The component that was made.
    output: String,
}

impl Record {
    pub(crate) fn new(key: Digest, inputs: Inputs, tools: &[&Path], output: Digest) -> Self {
        Self {
            version: VERSION,
            key: key.to_string(),
            inputs,
            tools: tools
                .iter()
                .map(|path| (path.display().to_string(), stamp(path)))
                .collect(),
            output: output.to_string(),
        }
    }

    /// Reads a record. One that is missing, torn or of another format is the
    /// same as none.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let record: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (record.version == VERSION).then_some(record)
    }

    /// # Errors
    /// Any I/O error.
    pub(crate) fn write(&self, path: &Path) -> std::io::Result<()> {
        let text = serde_json::to_vec(self).map_err(std::io::Error::other)?;
        atomic::write(path, &text)
    }

    /// Why the component must be built again, or `None` where it need not be.
    pub(crate) fn stale(&self, key: Digest, root: &Path, output: &Path) -> Option<String> {
        if self.key != key.to_string() {
            return Some("the plugin, its settings or the kind of build changed".to_owned());
        }
        match Digest::of_file(output) {
            Ok(digest) if digest.to_string() == self.output => {}
            Ok(_) => return Some(format!("`{}` was changed", output.display())),
            Err(_) => return Some(format!("`{}` is not there", output.display())),
        }
        let tool = self
            .tools
            .iter()
            .find(|(path, before)| stamp(Path::new(path)) != *before);
        if let Some((path, _)) = tool {
            return Some(format!("`{path}` changed"));
        }
        self.inputs.changed(root)
    }
}

fn stamp(path: &Path) -> String {
    match fs::metadata(path).and_then(|meta| Ok((meta.len(), meta.modified()?))) {
        Ok((size, modified)) => format!("{size} {modified:?}"),
        Err(_) => String::new(),
    }
}
