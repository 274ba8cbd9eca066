//! Why a component is built, fresh or taken from a cache, as `build --explain`
//! and `build --json` say it.

use std::path::Path;

use run_build::{CachedIn, Decision, Explanation};
use serde_json::{Value, json};

/// After so many causes the rest is counted.
const MOST_CAUSES: usize = 8;

/// One line for each cause, then what came of them.
pub(crate) fn lines(explanation: &Explanation, root: &Path) -> Vec<String> {
    let causes = &explanation.causes;
    let mut lines: Vec<_> = causes
        .iter()
        .take(MOST_CAUSES)
        .map(|cause| relative(&cause.to_string(), root))
        .collect();
    if let Some(more) = causes.len().checked_sub(MOST_CAUSES).filter(|n| *n > 0) {
        lines.push(format!("and {more} more changes"));
    }
    let what = match explanation.decision {
        Decision::Fresh => "nothing to do",
        Decision::Cached(CachedIn::Local) => "taken from the build cache",
        Decision::Cached(CachedIn::Remote) => "taken from the remote build cache",
        Decision::Build => "built",
    };
    lines.push(format!("{what}: {}", explanation.remark));
    lines
}

/// The same for a program: all causes.
pub(crate) fn json(explanation: &Explanation, root: &Path) -> Value {
    let causes = explanation.causes.iter().map(|cause| {
        json!({
            "kind": cause.kind.name(),
            "subject": relative(&cause.subject, root),
            "message": relative(&cause.to_string(), root),
        })
    });
    json!({ "causes": causes.collect::<Vec<_>>(), "remark": explanation.remark })
}

/// Paths in the project without the project's own.
fn relative(text: &str, root: &Path) -> String {
    text.replace(&format!("{}/", root.display()), "")
}
