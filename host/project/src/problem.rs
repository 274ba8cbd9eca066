//! What is wrong with a file, and where.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::value::ValueError;

/// One thing that is wrong, or a piece of advice, with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable name, e.g. `run::manifest::unknown_key`.
    pub code: &'static str,
    /// What is wrong, a sentence without a full stop.
    pub message: String,
    /// Bytes of the source text; `None` where the whole file is meant.
    pub span: Option<Range<usize>>,
    /// A few words to put under the span; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// `line:column code message / help`, for a reader without colours. `text`
    /// is the file it is about.
    #[must_use]
    pub fn plain(&self, text: &str) -> String {
        let place = match &self.span {
            Some(span) => {
                let (line, column) = position(text, span.start);
                format!("{line}:{column} ")
            }
            None => String::new(),
        };
        let help = self
            .help
            .as_ref()
            .map_or(String::new(), |help| format!(" / {help}"));
        format!("{place}{} {}{help}", self.code, self.message)
    }
}

/// Line and column of a byte offset, both from 1, columns counted in characters.
/// An offset behind the end is the end.
#[must_use]
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// A `run.toml` or `run.lock.toml` that does not hold, with all that was found.
///
/// Displays as one line without the problems, which a caller renders with the
/// source, or takes from [`ManifestError::plain`].
#[derive(Clone, thiserror::Error)]
#[error("`{}` has {}", source_name.display(), count(problems.len()))]
pub struct ManifestError {
    /// The file, for display.
    pub source_name: PathBuf,
    /// Its text; spans are byte ranges of it.
    pub source_text: Arc<str>,
    /// In the order of the file, never empty.
    pub problems: Vec<Problem>,
}

impl ManifestError {
    /// One line for each problem, `line:column code message / help`.
    #[must_use]
    pub fn plain(&self) -> String {
        let lines: Vec<_> = self
            .problems
            .iter()
            .map(|p| p.plain(&self.source_text))
            .collect();
        lines.join("\n")
    }
}

/// Leaves the source out: it may hold a token, and `Debug` ends up in logs.
impl fmt::Debug for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}\n{}", self.plain())
    }
}

fn count(problems: usize) -> String {
    match problems {
        1 => "a problem".to_owned(),
        many => format!("{many} problems"),
    }
}

/// The names of the problems of one kind of file.
pub(crate) struct Codes {
    pub(crate) encoding: &'static str,
    pub(crate) syntax: &'static str,
    pub(crate) unknown_key: &'static str,
    pub(crate) missing_key: &'static str,
    pub(crate) wrong_type: &'static str,
    pub(crate) bad_value: &'static str,
    pub(crate) conflict: &'static str,
    pub(crate) duplicate: &'static str,
    pub(crate) unknown_component: &'static str,
    pub(crate) exposed_token: &'static str,
    pub(crate) no_effect: &'static str,
}

macro_rules! codes {
    ($family:literal: $($code:ident),+ $(,)?) => {
        Codes { $($code: concat!("run::", $family, "::", stringify!($code))),+ }
    };
}

pub(crate) const MANIFEST: Codes = codes!("manifest":
    encoding, syntax, unknown_key, missing_key, wrong_type, bad_value, conflict,
    duplicate, unknown_component, exposed_token, no_effect);

pub(crate) const LOCK: Codes = codes!("lock":
    encoding, syntax, unknown_key, missing_key, wrong_type, bad_value, conflict,
    duplicate, unknown_component, exposed_token, no_effect);

/// Collects what is wrong while a file is read. Readers of nested sections all
/// hold the same one, hence the cells.
pub(crate) struct Problems {
    pub(crate) codes: &'static Codes,
    errors: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Problem>>,
}

impl Problems {
    pub(crate) const fn new(codes: &'static Codes) -> Self {
        Self {
            codes,
            errors: RefCell::new(Vec::new()),
            warnings: RefCell::new(Vec::new()),
        }
    }

    pub(crate) fn error(&self, problem: Problem) {
        self.errors.borrow_mut().push(problem);
    }

    pub(crate) fn warn(&self, problem: Problem) {
        self.warnings.borrow_mut().push(problem);
    }

    /// Reports a text that is not what `key` asks for.
    pub(crate) fn bad_value(&self, key: &str, span: Range<usize>, error: ValueError) {
        let problem = problem(
            self.codes.bad_value,
            format!("`{key}`: {}", error.message),
            span,
        );
        self.error(Problem {
            help: error.help,
            ..problem
        });
    }

    /// Errors and warnings, each in the order of the file.
    pub(crate) fn into_parts(self) -> (Vec<Problem>, Vec<Problem>) {
        let sorted = |cell: RefCell<Vec<Problem>>| {
            let mut list = cell.into_inner();
            list.sort_by_key(|problem| problem.span.as_ref().map_or(0, |span| span.start));
            list
        };
        (sorted(self.errors), sorted(self.warnings))
    }
}

/// A problem at `span` with neither label nor help yet.
pub(crate) fn problem(
    code: &'static str,
    message: impl Into<String>,
    span: Range<usize>,
) -> Problem {
    Problem {
        code,
        message: message.into(),
        span: Some(span),
        label: String::new(),
        help: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_survive_any_offset() {
        let text = "a\nbéc\n";
        let cases = [
            (0, (1, 1)),
            (2, (2, 1)),
            (5, (2, 3)),
            (4, (2, 2)),
            (99, (3, 1)),
        ];
        for (offset, expected) in cases {
            assert_eq!(position(text, offset), expected, "{offset}");
        }
    }
}
