//! What the last build of a component was made from: kept beside its cache, so
//! that a build with nothing to do does nothing.

use std::fs;
use std::path::Path;

use run_files::{Digest, atomic};
use run_runtime::ArtifactCache;
use serde::{Deserialize, Serialize};

use crate::cause::{Cause, CauseKind};
use crate::facts::Facts;
use crate::inputs::Inputs;

/// The format; another one is not read.
const VERSION: u32 = 2;

/// One component's last build.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    version: u32,
    /// Everything that decided the build and is not a file of the source tree.
    facts: Facts,
    inputs: Inputs,
    /// The tools, by path, size and time.
    tools: Vec<(String, String)>,
    /// The component that was made.
    output: String,
}

impl Record {
    pub(crate) fn new<'p>(
        facts: Facts,
        inputs: Inputs,
        tools: impl Iterator<Item = &'p Path>,
        output: Digest,
    ) -> Self {
        Self {
            version: VERSION,
            facts,
            inputs,
            tools: tools
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
        atomic::replace(path, &text)
    }

    /// How many files it was made from.
    pub(crate) fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// Why the component must be built again: nothing, where it need not be.
    pub(crate) fn stale(&self, facts: &Facts, root: &Path, output: &Path) -> Vec<Cause> {
        let mut causes = facts.changes_since(&self.facts);
        causes.extend(self.inputs.changes(root));
        let tools = self
            .tools
            .iter()
            .filter(|(path, before)| stamp(Path::new(path)) != *before)
            .map(|(path, _)| Cause::new(CauseKind::Tool, path, format!("`{path}` changed")));
        causes.extend(tools);
        // What it is does not matter where it is made anew, and is not read for that.
        if !causes.is_empty() && output.is_file() {
            return causes;
        }
        let shown = output.display();
        let how = match ArtifactCache::user().digest(output) {
            Ok(digest) if digest.to_string() == self.output => return causes,
            Ok(_) => "was changed",
            Err(_) => "is not there",
        };
        let name = shown.to_string();
        causes.push(Cause::new(
            CauseKind::Output,
            name,
            format!("`{shown}` {how}"),
        ));
        causes
    }
}

fn stamp(path: &Path) -> String {
    match fs::metadata(path).and_then(|meta| Ok((meta.len(), meta.modified()?))) {
        Ok((size, modified)) => format!("{size} {modified:?}"),
        Err(_) => String::new(),
    }
}
