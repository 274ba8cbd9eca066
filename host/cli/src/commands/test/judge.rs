//! Whether what came of a call is what a test expects.

use run_project::manifest::ExpectedError;
use run_runtime::Output;
use run_runtime::exports::ExportedFunction;
use run_runtime::values::{self, Val};

use super::case::Expect;
use super::diff;
use super::text;

/// Why a test failed.
#[derive(Debug)]
pub(super) struct Reason {
    /// One line.
    pub(super) line: String,
    /// What there is to say beneath it: a diff, a backtrace.
    pub(super) detail: Vec<String>,
    /// What was expected and what there was, where the two were compared.
    pub(super) compared: Option<(String, String)>,
}

impl Reason {
    pub(super) fn line(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            detail: Vec::new(),
            compared: None,
        }
    }

    /// A trap: its reason in the line, the guest's frames beneath.
    pub(super) fn trap(function: &str, reason: &str, backtrace: &str) -> Self {
        let mut lines = reason.lines();
        let first = lines.next().unwrap_or("no reason was given");
        let frames = backtrace.lines().filter(|line| !line.is_empty());
        Self {
            detail: lines.chain(frames).map(str::to_owned).collect(),
            ..Self::line(format!("`{function}` trapped: {first}"))
        }
    }

    /// Whether the text is somewhere in it.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.line.contains(text) || self.detail.iter().any(|line| line.contains(text))
    }

    /// Two texts that differ: both in the line where they are short, else as a
    /// diff. `line` makes the short form.
    fn differs(
        what: &str,
        expected: &str,
        actual: &str,
        line: impl FnOnce() -> String,
        pretty: impl FnOnce() -> (String, String),
    ) -> Self {
        const SHORT: usize = 60;
        let short = |text: &str| text.len() <= SHORT && !text.trim_end().contains('\n');
        let (line, detail) = if short(expected) && short(actual) {
            (line(), Vec::new())
        } else {
            let (expected, actual) = pretty();
            let line = format!("{what} is not what was expected (- expected, + actual)");
            (line, diff::lines(&expected, &actual))
        };
        let compared = (
            text::kept(expected.as_bytes()),
            text::kept(actual.as_bytes()),
        );
        Self {
            line,
            detail,
            compared: Some(compared),
        }
    }
}

impl Expect {
    /// Of what a function returned.
    pub(super) fn judge_value(
        &self,
        function: &ExportedFunction,
        value: Option<&Val>,
    ) -> Option<Reason> {
        let error = match value {
            Some(Val::Result(Err(payload))) => Some(payload.as_deref().map_or_else(
                String::new,
                // A text without the type in front of it, which nobody wrote.
                |payload| match payload {
                    Val::String(text) => text.clone(),
                    other => values::to_text(other),
                },
            )),
            _ => None,
        };
        if let Some(expected) = &self.error {
            return match (error, expected) {
                (None, _) => Some(Reason::line("expected an error, and the call succeeded")),
                (Some(error), ExpectedError::Containing(text)) if !error.contains(text) => {
                    let line = format!("expected an error with `{text}`, got `{error}`");
                    Some(Reason::line(line))
                }
                _ => None,
            };
        }
        let Some(expected) = &self.value else {
            return error.map(|error| Reason::line(format!("it returned the error `{error}`")));
        };
        let (Some(ty), Some(value)) = (function.ty.results().next(), value) else {
            return Some(Reason::line(format!(
                "expected {expected}, and the function returns nothing"
            )));
        };
        let wanted = match values::parse_named(&ty, expected, &function.names) {
            Ok(wanted) => wanted,
            Err(why) => {
                let line = format!("`expected` does not fit the function: {why}");
                return Some(Reason::line(line));
            }
        };
        if same(value, &wanted) {
            return None;
        }
        let actual = values::to_text(value);
        Some(Reason::differs(
            "the value",
            expected,
            &actual,
            || format!("expected {expected}, got {actual}"),
            || (diff::pretty(&wanted), diff::pretty(value)),
        ))
    }

    /// Of the code that a command exited with.
    pub(super) fn judge_exit(&self, code: i32, output: &Output) -> Option<Reason> {
        if let Some(expected) = &self.error {
            if code == 0 {
                return Some(Reason::line("expected an error, and it exited with 0"));
            }
            let said = String::from_utf8_lossy(&output.stderr);
            let ended = format!("exit code {code}");
            if let ExpectedError::Containing(text) = expected
                && !said.contains(text)
                && !ended.contains(text)
            {
                let line = format!(
                    "expected an error with `{text}`, and it exited with {code} without writing \
                     that to stderr"
                );
                return Some(Reason::line(line));
            }
        }
        let wanted = match (self.exit, &self.error) {
            (Some(wanted), _) => i32::from(wanted),
            (None, Some(_)) => return None,
            (None, None) => 0,
        };
        (code != wanted).then(|| Reason {
            compared: Some((wanted.to_string(), code.to_string())),
            ..Reason::line(format!("expected exit code {wanted}, got {code}"))
        })
    }

    /// Of what the guest wrote.
    pub(super) fn judge_output(&self, output: &Output) -> Option<Reason> {
        let differs = |what: &str, on: &str, expected: &Option<String>, actual: &[u8]| {
            let expected = expected.as_ref()?;
            let actual = String::from_utf8_lossy(actual);
            (actual != expected.as_str()).then(|| {
                Reason::differs(
                    what,
                    expected,
                    &actual,
                    || format!("expected it to print {expected:?}{on}, it printed {actual:?}"),
                    || (expected.clone(), actual.to_string()),
                )
            })
        };
        differs("stdout", "", &self.stdout, &output.stdout)
            .or_else(|| differs("stderr", " to stderr", &self.stderr, &output.stderr))
    }
}

/// Equality as a test means it: a NaN is the NaN that was expected, and the
/// order in which a record's fields, flags or a map's entries are written does
/// not count.
fn same(a: &Val, b: &Val) -> bool {
    let all = |a: &[Val], b: &[Val]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
    let optional = |a: &Option<Box<Val>>, b: &Option<Box<Val>>| match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    match (a, b) {
        (Val::Float32(a), Val::Float32(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Val::Float64(a), Val::Float64(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Val::List(a), Val::List(b))
        | (Val::Tuple(a), Val::Tuple(b))
        | (Val::FixedLengthList(a), Val::FixedLengthList(b)) => all(a, b),
        (Val::Map(a), Val::Map(b)) => {
            let has = |(key, value): &(Val, Val)| {
                b.iter()
                    .any(|(other, given)| same(key, other) && same(value, given))
            };
            a.len() == b.len() && a.iter().all(has)
        }
        (Val::Record(a), Val::Record(b)) => {
            let has = |(name, value): &(String, Val)| {
                b.iter()
                    .any(|(other, given)| name == other && same(value, given))
            };
            a.len() == b.len() && a.iter().all(has)
        }
        (Val::Variant(a, x), Val::Variant(b, y)) => a == b && optional(x, y),
        (Val::Option(a), Val::Option(b))
        | (Val::Result(Ok(a)), Val::Result(Ok(b)))
        | (Val::Result(Err(a)), Val::Result(Err(b))) => optional(a, b),
        (Val::Flags(a), Val::Flags(b)) => {
            a.len() == b.len() && a.iter().all(|flag| b.contains(flag))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_and_not_their_spelling() {
        let nan = || Val::Float64(f64::NAN);
        let some = |value| Val::Option(Some(Box::new(value)));
        let record = |fields: Vec<(&str, Val)>| {
            let fields = fields.into_iter().map(|(name, value)| (name.into(), value));
            Val::Record(fields.collect())
        };
        let flags = |names: &[&str]| Val::Flags(names.iter().map(|&name| name.into()).collect());
        for (a, b, expected) in [
            (nan(), Val::Float64(-f64::NAN), true),
            (Val::List(vec![nan()]), Val::List(vec![nan()]), true),
            (some(nan()), some(nan()), true),
            (some(nan()), Val::Option(None), false),
            (
                record(vec![("a", nan()), ("b", Val::U8(1))]),
                record(vec![("b", Val::U8(1)), ("a", nan())]),
                true,
            ),
            (
                record(vec![("a", Val::U8(1))]),
                record(vec![("b", Val::U8(1))]),
                false,
            ),
            (flags(&["r", "w"]), flags(&["w", "r"]), true),
            (flags(&["r"]), flags(&["w"]), false),
            (Val::Float64(0.0), Val::Float64(-0.0), true),
            (Val::U8(1), Val::U16(1), false),
            (Val::List(vec![]), Val::List(vec![Val::U8(1)]), false),
        ] {
            assert_eq!(same(&a, &b), expected, "{a:?} {b:?}");
        }
    }
}
