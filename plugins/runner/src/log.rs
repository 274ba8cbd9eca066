//! The one place that prints.

use std::io::Write;

/// A line on stderr, where platforms collect them. There is nobody to tell
/// where that fails.
pub(crate) fn line(text: &str) {
    writeln!(std::io::stderr().lock(), "{text}").ok();
}
