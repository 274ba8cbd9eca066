//! Places in sources, and what is reported of them.

use std::path::Path;

use run_plugin_api::{Diagnostic, Span};
#[cfg(target_family = "wasm")]
use run_plugin_api::{Error, Result};

/// Line and column from 1, the column in bytes, of a byte in a text.
pub(crate) fn position(text: &str, at: usize) -> (u32, u32) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (number(line), number(at - start + 1))
}

/// Reports an error at one place.
pub(crate) fn report(path: &Path, line: u32, column: u32, message: &str) {
    Diagnostic::error(message)
        .label(Span::new(path.to_string_lossy(), line, column), "")
        .report();
}

/// A text that errors are reported of.
pub(crate) struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl<'a> Source<'a> {
    pub(crate) fn new(path: &'a Path, text: &'a str) -> Self {
        Self { path, text }
    }

    /// The place between two bytes.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let (line, column) = position(self.text, start);
        let (end_line, end_column) = position(self.text, end.max(start));
        Span::new(self.path.to_string_lossy(), line, column).to(end_line, end_column)
    }
}

#[cfg(target_family = "wasm")]
impl Source<'_> {
    /// Reports an error with advice.
    pub(crate) fn report(&self, _: &Path, at: oxc::span::Span, message: &str, help: &str) {
        Diagnostic::error(message)
            .label(self.span(at.start as usize, at.end as usize), "")
            .help(help)
            .report();
    }

    /// Reports what the parser found, and fails where that is an error.
    pub(crate) fn check<'d>(
        &self,
        path: &Path,
        found: impl Iterator<Item = &'d oxc::diagnostics::OxcDiagnostic>,
    ) -> Result<()> {
        let mut errors = 0;
        for diagnostic in found {
            if diagnostic.severity != oxc::diagnostics::Severity::Error {
                continue;
            }
            errors += 1;
            let mut out = Diagnostic::error(diagnostic.message.to_string());
            for label in diagnostic.labels.iter() {
                let at = label.span();
                out = out.label(
                    self.span(at.start as usize, at.end as usize),
                    label.label().unwrap_or_default(),
                );
            }
            if let Some(help) = &diagnostic.help {
                out = out.help(help);
            }
            out.report();
        }
        match errors {
            0 => Ok(()),
            1 => Err(Error::failed(format!(
                "`{}` has an error",
                crate::request::shown(path)
            ))),
            n => Err(Error::failed(format!(
                "`{}` has {n} errors",
                crate::request::shown(path)
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one_in_bytes() {
        let text = "a\n\u{e9}b\n";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, 2), (2, 1));
        assert_eq!(position(text, 4), (2, 3));
        assert_eq!(position(text, 3), (2, 1), "inside a character");
        assert_eq!(position(text, 99), (3, 1));
    }
}
