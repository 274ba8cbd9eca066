//! What the inputs of a build look like: which patterns name them, and whether
//! what it makes depends on where it is built.

use run_files::Digest;
use serde::{Deserialize, Serialize};

use super::Query;
use crate::inputs::Inputs;

/// The shape of one or more builds with the same first key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shape {
    /// Paths and globs below the source tree's root, sorted.
    pub(crate) patterns: Vec<String>,
    /// Names of the directories whose paths are in the component: another
    /// directory would have made another one.
    pub(crate) places: Vec<String>,
}

/// More than any project has; what claims more is no shape.
const MOST_PATTERNS: usize = 100_000;

impl Shape {
    /// The second key: `None` where an input's content is not known for sure,
    /// or a place is not there.
    pub(crate) fn key(&self, query: &Query<'_>, inputs: &Inputs) -> Option<Digest> {
        let mut fields = vec![
            query.first.to_string(),
            serde_json::to_string(self).ok()?,
            inputs.contents()?.to_string(),
        ];
        for place in &self.places {
            fields.push(query.places.path(place)?.to_owned());
        }
        Some(Digest::of_fields(fields.iter().map(String::as_bytes)))
    }

    /// Whether its patterns stay below the root.
    pub(crate) fn is_sound(&self) -> bool {
        self.patterns.len() <= MOST_PATTERNS
            && self.patterns.iter().all(|pattern| {
                !pattern.starts_with(['/', '\\'])
                    && !pattern.contains([':', '\0'])
                    && pattern.split(['/', '\\']).all(|part| part != "..")
            })
    }
}
