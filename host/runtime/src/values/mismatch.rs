//! Why a text is not the value it should be.

use std::ops::Range;

/// A reason, with the part of the text it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// The field or element it is in, e.g. `.tags[2]`; empty for the whole.
    path: String,
    reason: String,
    /// What was probably meant.
    hint: Option<String>,
    /// Bytes of the argument's text.
    pub(super) span: Range<usize>,
}

impl Mismatch {
    pub(super) fn new(span: Range<usize>, reason: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            reason: reason.into(),
            hint: None,
            span,
        }
    }

    pub(super) fn hint(mut self, hint: Option<impl Into<String>>) -> Self {
        self.hint = self.hint.or(hint.map(Into::into));
        self
    }

    /// The same, in a part of a larger value.
    pub(super) fn inside(mut self, part: &str) -> Self {
        // Deep paths are cut where nobody would follow them.
        if self.path.len() < 200 {
            self.path.insert_str(0, part);
        }
        self
    }

    /// The same, in a text of which this one begins at `offset`.
    pub(super) fn shifted(mut self, offset: usize) -> Self {
        self.span = self.span.start + offset..self.span.end + offset;
        self
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path.trim_start_matches('.'))?;
        }
        f.write_str(&self.reason)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// A text as messages show it: short, and without what would break the line.
pub(super) fn shown(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.replace(char::is_control, " ")
}
