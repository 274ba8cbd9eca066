//! What a compiler has to say about the user's source.
//!
//! ```
//! use run_plugin_api::{Diagnostic, Span};
//!
//! let diagnostic = Diagnostic::error("`nmae` is not defined")
//!     .code("E0425")
//!     .label(Span::new("/src/main.elm", 3, 12).to(3, 16), "not found")
//!     .help("there is a variable called `name`");
//! assert_eq!(diagnostic.labels[0].at.start.column, 12);
//! ```
//!
//! [`Diagnostic::report`] hands it to the host, which shows the source.

use crate::bindings::language_builder::run::plugin::{events, types};

pub use types::{Diagnostic, Label, Position, Severity, Span};

impl Diagnostic {
    /// A diagnostic of any severity.
    #[must_use]
    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: None,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            url: None,
        }
    }

    /// Something because of which the work fails.
    #[must_use]
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    /// Something the user should look at.
    #[must_use]
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    /// Sets the tool's own name for this kind of problem, e.g. `E0308`.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn label(mut self, at: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            at,
            message: message.into(),
        });
        self
    }

    /// Adds advice below what there is.
    #[must_use]
    pub fn help(mut self, help: impl AsRef<str>) -> Self {
        let all = self.help.get_or_insert_default();
        if !all.is_empty() {
            all.push('\n');
        }
        all.push_str(help.as_ref());
        self
    }

    /// Sets where to read more.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Hands it to the host.
    pub fn report(&self) {
        events::report(self);
    }
}

impl Span {
    /// A place without an end. `line` counts from 1, `column` from 1 in UTF-8
    /// bytes: see [`byte_column`].
    #[must_use]
    pub fn new(file: impl Into<String>, line: u32, column: u32) -> Self {
        Self {
            file: file.into(),
            start: Position { line, column },
            end: None,
        }
    }

    /// Sets the first position after the text.
    #[must_use]
    pub fn to(mut self, line: u32, column: u32) -> Self {
        self.end = Some(Position { line, column });
        self
    }
}

/// The column in UTF-8 bytes of the `characters`-th character of `line`, both
/// counted from 1, for compilers that count characters. A column past the end
/// of the line is taken to be just after it.
///
/// ```
/// use run_plugin_api::diagnostics::byte_column;
///
/// assert_eq!(byte_column("let é = x", 5), 5);
/// assert_eq!(byte_column("let é = x", 6), 7);
/// assert_eq!(byte_column("ab", 9), 3);
/// ```
#[must_use]
pub fn byte_column(line: &str, characters: usize) -> u32 {
    let before = line
        .char_indices()
        .nth(characters.saturating_sub(1))
        .map_or(line.len(), |(index, _)| index);
    u32::try_from(before).map_or(u32::MAX, |index| index.saturating_add(1))
}
