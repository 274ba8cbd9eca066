//! What differs, line by line.

use std::time::Duration;

use run_runtime::values::{self, Val};
use similar::{ChangeTag, TextDiff};

/// Lines of a diff that are shown.
const SHOWN: usize = 60;

/// Unchanged lines that are shown around a change.
const CONTEXT: usize = 3;

/// A diff of two texts, `- ` what was expected and `+ ` what there was.
pub(super) fn lines(expected: &str, actual: &str) -> Vec<String> {
    let diff = TextDiff::configure()
        // Whatever a guest printed, the diff is there soon, if not the smallest.
        .timeout(Duration::from_millis(200))
        .diff_lines(expected, actual);
    // A last line without its end is a difference of its own.
    let ends_matter = expected.ends_with('\n') != actual.ends_with('\n');
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push("…".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            let text = change.value();
            let end = if ends_matter && !text.ends_with('\n') {
                " (without the end of a line)"
            } else {
                ""
            };
            lines.push(format!("{sign} {}{end}", text.trim_end_matches('\n')));
            if lines.len() > SHOWN {
                lines.pop();
                lines.push("… the rest is left out".to_owned());
                return lines;
            }
        }
    }
    lines
}

/// A value over several lines, so that a diff shows the part that differs.
pub(super) fn pretty(value: &Val) -> String {
    let mut out = String::new();
    match value {
        // A text is compared as the lines it has.
        Val::String(text) => return text.clone(),
        other => write(other, 0, &mut out),
    }
    out.push('\n');
    out
}

fn write(value: &Val, depth: usize, out: &mut String) {
    let payload = |name: &str, value: &Option<Box<Val>>, out: &mut String| {
        out.push_str(name);
        if let Some(value) = value {
            out.push('(');
            write(value, depth, out);
            out.push(')');
        }
    };
    match value {
        Val::List(items) | Val::FixedLengthList(items) if !items.is_empty() => {
            block('[', items, ']', depth, out, |item, out| {
                write(item, depth + 1, out);
            });
        }
        Val::Tuple(items) => block('(', items, ')', depth, out, |item, out| {
            write(item, depth + 1, out);
        }),
        Val::Record(fields) => block('{', fields, '}', depth, out, |(name, value), out| {
            out.push_str(name);
            out.push_str(": ");
            write(value, depth + 1, out);
        }),
        Val::Variant(name, value) => payload(name, value, out),
        Val::Option(value @ Some(_)) => payload("some", value, out),
        Val::Result(Ok(value)) => payload("ok", value, out),
        Val::Result(Err(value)) => payload("err", value, out),
        scalar => out.push_str(&scalar.to_wave().unwrap_or_else(|_| values::to_text(scalar))),
    }
}

fn block<T>(
    open: char,
    items: &[T],
    close: char,
    depth: usize,
    out: &mut String,
    mut one: impl FnMut(&T, &mut String),
) {
    out.push(open);
    for item in items {
        out.push('\n');
        out.push_str(&"  ".repeat(depth + 1));
        one(item, out);
        out.push(',');
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_for_each_part() {
        let value = Val::Record(vec![
            ("name".into(), Val::String("a\nb".into())),
            ("tags".into(), Val::List(vec![Val::U8(1), Val::U8(2)])),
            ("none".into(), Val::List(vec![])),
            (
                "pair".into(),
                Val::Option(Some(Box::new(Val::Tuple(vec![Val::Bool(true)])))),
            ),
        ]);
        let expected = "{\n  name: \"a\\nb\",\n  tags: [\n    1,\n    2,\n  ],\n  none: [],\n  \
                        pair: some((\n    true,\n  )),\n}\n";
        assert_eq!(pretty(&value), expected);
    }

    #[test]
    fn only_what_differs_is_shown_and_not_without_end() {
        let many: String = (0..100).map(|n| format!("{n}\n")).collect();
        assert_eq!(
            lines(&many, &many.replace("50\n", "x\n")),
            [
                "  47", "  48", "  49", "- 50", "+ x", "  51", "  52", "  53"
            ]
        );
        assert_eq!(
            lines("a\nb", "a\nb\n"),
            ["  a", "- b (without the end of a line)", "+ b"]
        );
        let others: String = (0..100).map(|n| format!("x{n}\n")).collect();
        assert_eq!(lines(&many, &others).len(), SHOWN + 1);
    }
}
