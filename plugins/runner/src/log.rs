//! The one place that prints, and the words for what is told everywhere.

use std::io::Write;

use run_runtime::sandbox::Denial;

/// A line on stderr, where platforms collect them. There is nobody to tell
/// where that fails.
pub(crate) fn line(text: &str) {
    writeln!(std::io::stderr().lock(), "{text}").ok();
}

/// What a component was denied, and what would allow it.
pub(crate) fn denied(denial: &Denial) -> String {
    format!(
        "the component tried to {} and was denied; the capability `{}` allows it",
        denial.what, denial.capability
    )
}
