//! The compiler's messages as diagnostics of the user's source.

use run_plugin_api::diagnostics::byte_column;
use run_plugin_api::{Diagnostic, Label, Severity, Span};
use serde::Deserialize;

use crate::source_map::SourceMap;

/// A message of the compiler, see <https://doc.rust-lang.org/rustc/json.html>.
#[derive(Debug, Deserialize)]
pub(crate) struct CompilerMessage {
    message: String,
    code: Option<Code>,
    level: String,
    #[serde(default)]
    spans: Vec<CompilerSpan>,
    #[serde(default)]
    children: Vec<CompilerMessage>,
}

#[derive(Debug, Deserialize)]
struct Code {
    code: String,
}

/// Lines count from 1, columns from 1 in characters.
#[derive(Debug, Deserialize)]
struct CompilerSpan {
    file_name: String,
    line_start: u32,
    line_end: u32,
    column_start: usize,
    column_end: usize,
    #[serde(default)]
    is_primary: bool,
    label: Option<String>,
    suggested_replacement: Option<String>,
    /// The lines the span covers.
    #[serde(default)]
    text: Vec<Text>,
    expansion: Option<Box<Expansion>>,
}

#[derive(Debug, Deserialize)]
struct Text {
    text: String,
}

/// The span is inside a macro; this is where it was called.
#[derive(Debug, Deserialize)]
struct Expansion {
    span: CompilerSpan,
    macro_decl_name: String,
}

impl CompilerMessage {
    /// Whether it says that the target's standard library is not installed,
    /// which is nothing that source can mend.
    pub(crate) fn names_missing_target(&self) -> bool {
        self.code.as_ref().is_some_and(|code| code.code == "E0463")
            && ["`core`", "`std`"]
                .iter()
                .any(|name| self.message.ends_with(name))
    }
}

/// The diagnostic, unless the message only sums up others.
pub(crate) fn convert(message: &CompilerMessage, map: &SourceMap) -> Option<Diagnostic> {
    let severity = match message.level.as_str() {
        level if level.starts_with("error") => Severity::Error,
        "warning" => Severity::Warning,
        "note" => Severity::Note,
        "help" => Severity::Help,
        _ => return None,
    };
    let summary = ["aborting due to ", "could not compile "];
    if summary
        .iter()
        .any(|start| message.message.starts_with(start))
        || message.message.ends_with(" emitted")
    {
        return None;
    }
    let mut diagnostic = Diagnostic::new(severity, &message.message);
    if let Some(Code { code }) = &message.code {
        diagnostic = diagnostic.code(code);
        // Lints have names, errors have numbers and pages.
        if code.starts_with('E') && code[1..].bytes().all(|b| b.is_ascii_digit()) {
            diagnostic =
                diagnostic.url(format!("https://doc.rust-lang.org/error_codes/{code}.html"));
        }
    }
    let (primary, secondary): (Vec<_>, Vec<_>) =
        message.spans.iter().partition(|span| span.is_primary);
    for span in primary.into_iter().chain(secondary) {
        add_labels(&mut diagnostic.labels, span, None, map);
    }
    if diagnostic.labels.is_empty()
        && let Some(span) = message.spans.first()
    {
        diagnostic = diagnostic.help(format!("in {}:{}", span.file_name, span.line_start));
    }
    Some(
        message
            .children
            .iter()
            .fold(diagnostic, |diagnostic, child| fold(diagnostic, child, map)),
    )
}

/// Adds a note or a suggestion to the diagnostic it belongs to.
fn fold(mut diagnostic: Diagnostic, child: &CompilerMessage, map: &SourceMap) -> Diagnostic {
    let replacements: Vec<_> = child
        .spans
        .iter()
        .filter_map(|span| span.suggested_replacement.as_deref())
        .collect();
    if replacements.is_empty() && child.level != "help" {
        let before = diagnostic.labels.len();
        for span in &child.spans {
            add_labels(&mut diagnostic.labels, span, Some(&child.message), map);
        }
        if diagnostic.labels.len() > before {
            return diagnostic;
        }
    }
    let mut text = match child.level.as_str() {
        "help" => child.message.clone(),
        level => format!("{level}: {}", child.message),
    };
    let shown: Vec<_> = replacements
        .iter()
        .map(|replacement| replacement.trim())
        .filter(|replacement| !replacement.is_empty() && !text.contains(*replacement))
        .map(|replacement| format!("`{replacement}`"))
        .collect();
    if !shown.is_empty() {
        text = format!("{}: {}", text.trim_end_matches(':'), shown.join(", "));
    }
    diagnostic.help(text)
}

/// The span's label where the file is the user's own, and where a macro of
/// somebody else's was called, that call's.
fn add_labels(
    labels: &mut Vec<Label>,
    span: &CompilerSpan,
    message: Option<&str>,
    map: &SourceMap,
) {
    let text = span.label.as_deref().or(message).unwrap_or_default();
    let Some(file) = map.own(&span.file_name) else {
        if let Some(expansion) = &span.expansion {
            let mut call = Vec::new();
            add_labels(&mut call, &expansion.span, Some(text), map);
            labels.extend(call);
        }
        return;
    };
    labels.push(Label {
        at: at(span, &file),
        message: text.to_owned(),
    });
    // Inside the user's own macro: its call is worth knowing, unless it is on
    // the lines shown already.
    if let Some(expansion) = &span.expansion
        && let call = &expansion.span
        && let Some(file) = map.own(&call.file_name)
        && (call.file_name != span.file_name || call.line_start != span.line_start)
    {
        let message = format!("in this use of `{}`", expansion.macro_decl_name);
        labels.push(Label {
            at: at(call, &file),
            message,
        });
    }
}

fn at(span: &CompilerSpan, file: &str) -> Span {
    let line = |text: Option<&Text>| {
        text.map(|text| text.text.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let (first, last) = (line(span.text.first()), line(span.text.last()));
    Span::new(
        file,
        span.line_start,
        byte_column(&first, span.column_start),
    )
    .to(span.line_end, byte_column(&last, span.column_end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source_map;

    #[derive(Deserialize)]
    struct Line {
        message: Option<CompilerMessage>,
    }

    fn recorded(json: &str) -> Vec<Diagnostic> {
        json.lines()
            .filter_map(|line| serde_json::from_str::<Line>(line).unwrap().message)
            .filter_map(|message| convert(&message, &source_map::sample()))
            .collect()
    }

    fn by_code(code: &str) -> Diagnostic {
        recorded(include_str!("../tests/data/rejected.jsonl"))
            .into_iter()
            .find(|diagnostic| diagnostic.code.as_deref() == Some(code))
            .unwrap()
    }

    fn place(label: &Label) -> (u32, u32, Option<u32>, &str) {
        let Label { at, message } = label;
        (
            at.start.line,
            at.start.column,
            at.end.map(|end| end.column),
            message,
        )
    }

    #[test]
    fn columns_are_bytes_and_the_primary_span_comes_first() {
        let diagnostic = by_code("E0308");
        assert_eq!(diagnostic.severity, Severity::Error);
        assert_eq!(
            diagnostic.url.as_deref(),
            Some("https://doc.rust-lang.org/error_codes/E0308.html")
        );
        assert_eq!(diagnostic.labels[0].at.file, "/src/src/lib.rs");
        // Before the span: two letters of two bytes in the names, and one more.
        assert_eq!(
            place(&diagnostic.labels[0]),
            (2, 58, Some(64), "expected `String`, found `u32`")
        );
        assert_eq!(
            diagnostic.labels[1].message,
            "expected `String` because of return type"
        );
        assert_eq!(
            diagnostic.help.as_deref(),
            Some("try using a conversion method: `.to_string()`")
        );
    }

    #[test]
    fn macros_show_where_they_were_used() {
        let diagnostic = by_code("E0277");
        let labels: Vec<_> = diagnostic.labels.iter().map(place).collect();
        assert_eq!(labels[0].0, 1);
        assert_eq!((labels[1].0, labels[1].3), (3, "in this use of `add!`"));
    }

    #[test]
    fn a_lint_keeps_its_name_and_summaries_are_dropped() {
        let all = recorded(include_str!("../tests/data/built.jsonl"));
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].severity, Severity::Warning);
        assert_eq!(all[0].code.as_deref(), Some("unused_variables"));
        assert_eq!(all[0].url, None);
        let rejected = recorded(include_str!("../tests/data/rejected.jsonl"));
        assert!(
            rejected
                .iter()
                .all(|diagnostic| !diagnostic.message.contains("rustc --explain"))
        );
    }
}
