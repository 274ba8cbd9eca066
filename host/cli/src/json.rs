//! Errors and compilers' diagnostics as data.

use std::path::Path;

use miette::{Diagnostic, LabeledSpan, SourceCode};
use run_plugins::events;
use serde_json::{Value, json};

/// `{"error":{"code","message","help"}}`, with `labels` where the error has
/// places in a file and `related` where it stands for several.
pub(crate) fn error(error: &dyn Diagnostic) -> Value {
    json!({ "error": described(error) })
}

/// The same for what is no diagnostic.
pub(crate) fn plain_error(code: &str, message: &str, help: Option<&str>) -> Value {
    json!({ "error": { "code": code, "message": message, "help": help } })
}

/// What is under `error`.
pub(crate) fn described(error: &dyn Diagnostic) -> Value {
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    let mut described = json!({
        "code": error.code().map(|code| code.to_string()),
        "message": message,
        "help": error.help().map(|help| help.to_string()),
    });
    let labels = labels(error);
    if !labels.is_empty() {
        described["labels"] = labels.into();
    }
    let related: Vec<_> = error
        .related()
        .map(|related| related.map(self::described).collect())
        .unwrap_or_default();
    if !related.is_empty() {
        described["related"] = related.into();
    }
    described
}

fn labels(error: &dyn Diagnostic) -> Vec<Value> {
    let Some((labels, source)) = error.labels().zip(error.source_code()) else {
        return Vec::new();
    };
    labels.filter_map(|label| place(&label, source)).collect()
}

/// `{file, line, column, message}`: both from one, columns in characters. A
/// place that is not in the source is left out.
fn place(label: &LabeledSpan, source: &dyn SourceCode) -> Option<Value> {
    let before = source.read_span(&(0, label.offset()).into(), 0, 0).ok()?;
    let bytes = before.data();
    let text = String::from_utf8_lossy(bytes.get(..label.offset()).unwrap_or(bytes));
    let line_start = text.rfind('\n').map_or(0, |newline| newline + 1);
    Some(json!({
        "file": before.name(),
        "line": text.matches('\n').count() + 1,
        "column": text[line_start..].chars().count() + 1,
        "message": label.label(),
    }))
}

/// A compiler's diagnostic: its primary place beside the message, all of them
/// in `labels`. Columns are as the compiler gave them, in bytes from one.
pub(crate) fn diagnostic(diagnostic: &events::Diagnostic, root: &Path) -> Value {
    let file = |label: &events::Label| {
        let shown = label.file.strip_prefix(root).unwrap_or(&label.file);
        shown.display().to_string()
    };
    let labels: Vec<_> = diagnostic
        .labels
        .iter()
        .map(|label| {
            json!({
                "file": file(label),
                "line": label.start.0,
                "column": label.start.1,
                "end": label.end.map(|(line, column)| json!({ "line": line, "column": column })),
                "message": label.message,
            })
        })
        .collect();
    let primary = diagnostic.labels.first();
    json!({
        "severity": match diagnostic.severity {
            events::Severity::Error => "error",
            events::Severity::Warning => "warning",
            events::Severity::Note => "note",
            events::Severity::Help => "help",
        },
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": primary.map(file),
        "line": primary.map(|label| label.start.0),
        "column": primary.map(|label| label.start.1),
        "labels": labels,
        "help": diagnostic.help,
        "url": diagnostic.url,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use miette::{NamedSource, SourceSpan};

    #[derive(Debug, thiserror::Error, Diagnostic)]
    #[error("it is wrong")]
    #[diagnostic(code(run::test), help("do it right"))]
    struct Wrong {
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: SourceSpan,
    }

    #[test]
    fn a_place_is_a_line_and_a_column_in_characters() {
        for (text, offset, line, column) in [
            ("abc", 0, 1, 1),
            ("abc", 2, 1, 3),
            ("a\nbéc\n", 5, 2, 3),
            ("a\n\nb", 2, 2, 1),
            ("a\r\nb", 3, 2, 1),
            ("a\nb\n", 4, 3, 1),
        ] {
            let wrong = Wrong {
                text: NamedSource::new("run.toml", text.to_owned()),
                at: (offset, 0).into(),
            };
            let error = error(&wrong);
            assert_eq!(
                error["error"]["labels"],
                json!([{ "file": "run.toml", "line": line, "column": column, "message": "here" }]),
                "{text:?} {offset}: {error}"
            );
        }
    }

    #[test]
    fn a_place_outside_the_source_is_left_out() {
        let wrong = Wrong {
            text: NamedSource::new("run.toml", "abc".to_owned()),
            at: (99, 1).into(),
        };
        let expected =
            r#"{"error":{"code":"run::test","message":"it is wrong","help":"do it right"}}"#;
        assert_eq!(error(&wrong).to_string(), expected);
    }
}
