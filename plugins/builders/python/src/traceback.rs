//! What the interpreter prints about modules that it cannot import.

/// A place that a traceback names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The file as it was printed.
    pub(crate) file: String,
    /// From 1.
    pub(crate) line: u32,
    /// The line's text without its indentation, where it was printed.
    pub(crate) code: Option<String>,
    /// Which of its characters are meant: from, and to after the last.
    pub(crate) marked: Option<(usize, usize)>,
}

/// An exception.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Traceback {
    /// The outermost first.
    pub(crate) frames: Vec<Frame>,
    /// E.g. `ModuleNotFoundError`.
    pub(crate) kind: String,
    pub(crate) message: String,
    /// What was printed before it.
    pub(crate) printed: String,
}

/// What the tool's own failure says: it is a script, and fails with a traceback
/// of its own whose message is what the module's interpreter printed.
pub(crate) fn inner(stderr: &str) -> &str {
    let start = stderr
        .find("AssertionError: ")
        .map_or(0, |at| at + "AssertionError: ".len());
    let text = &stderr[start..];
    let end = ["\n\nStack backtrace:", "\n\nCaused by:"]
        .iter()
        .filter_map(|mark| text.rfind(mark))
        .min()
        .unwrap_or(text.len());
    text[..end].trim_end()
}

impl Traceback {
    /// The last exception in a text; none where there is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut found: Option<Self> = None;
        let mut frames: Vec<Frame> = Vec::new();
        let mut printed = String::new();
        let mut in_message = false;
        for line in text.lines() {
            if line == "Traceback (most recent call last):" {
                frames.clear();
                in_message = false;
            } else if let Some(frame) = frame(line) {
                frames.push(frame);
                in_message = false;
            } else if line.starts_with("    ") && !in_message && !frames.is_empty() {
                if let Some(frame) = frames.last_mut() {
                    frame.detail(&line[4..]);
                }
            } else if line.is_empty() {
                in_message = false;
            } else if in_message {
                if let Some(found) = &mut found {
                    found.message.push('\n');
                    found.message.push_str(line);
                }
            } else if let Some((kind, message)) = exception(line) {
                found = Some(Self {
                    frames: std::mem::take(&mut frames),
                    kind: kind.to_owned(),
                    message: message.to_owned(),
                    printed: printed.clone(),
                });
                in_message = true;
            } else {
                printed.push_str(line);
                printed.push('\n');
            }
        }
        found
    }

    /// The module that could not be imported.
    pub(crate) fn missing_module(&self) -> Option<&str> {
        let quoted = self.message.strip_prefix("No module named '")?;
        quoted.split('\'').next()
    }
}

impl Frame {
    fn detail(&mut self, text: &str) {
        match &self.code {
            None => self.code = Some(text.to_owned()),
            Some(_) if self.marked.is_none() && is_marks(text) => {
                let from = text.chars().take_while(|c| *c == ' ').count();
                self.marked = Some((from, text.trim_end().chars().count()));
            }
            Some(_) => {}
        }
    }
}

fn is_marks(text: &str) -> bool {
    text.contains(['^', '~']) && text.chars().all(|c| " ^~".contains(c))
}

/// `  File "/0/app.py", line 3, in <module>`
fn frame(line: &str) -> Option<Frame> {
    let (file, rest) = line.strip_prefix("  File \"")?.split_once("\", line ")?;
    let line = rest.split(',').next()?.trim().parse().ok()?;
    Some(Frame {
        file: file.to_owned(),
        line,
        code: None,
        marked: None,
    })
}

/// `ValueError: no` or `KeyboardInterrupt`: a dotted name of a class, which
/// may have a message.
fn exception(line: &str) -> Option<(&str, &str)> {
    let (kind, message) = match line.split_once(": ") {
        Some((kind, message)) => (kind, message),
        None => (line.trim_end_matches(':'), ""),
    };
    let is_name = kind
        .split('.')
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'));
    let class = kind.rsplit('.').next()?;
    let is_class = class.starts_with(char::is_uppercase) || kind.contains('.');
    (is_name && is_class).then_some((kind, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Traceback {
        Traceback::parse(inner(text)).unwrap()
    }

    #[test]
    fn a_failed_import_has_its_frames_and_its_message() {
        let text = include_str!("../tests/data/import.txt");
        let traceback = of(text);
        assert_eq!(traceback.kind, "ModuleNotFoundError");
        assert_eq!(traceback.missing_module(), Some("nosuch"));
        assert_eq!(traceback.printed, "printed by the module\n");
        let last = traceback.frames.last().unwrap();
        assert_eq!((last.file.as_str(), last.line), ("/0/helper.py", 2));
        assert_eq!(last.code.as_deref(), Some("import nosuch"));
    }

    #[test]
    fn a_syntax_error_marks_characters() {
        let traceback = of(include_str!("../tests/data/syntax.txt"));
        assert_eq!(traceback.kind, "SyntaxError");
        assert_eq!(traceback.message, "'(' was never closed");
        let [frame] = traceback.frames.as_slice() else {
            panic!("{traceback:?}")
        };
        assert_eq!(frame.marked, Some((17, 18)));
    }

    #[test]
    fn the_last_of_several_exceptions_counts() {
        let traceback = of(
            "Traceback (most recent call last):\n  File \"/0/a.py\", line 1, in f\n    x = 1/0\n        ~^~\nZeroDivisionError: division by zero\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/0/a.py\", line 9, in <module>\n    raise my.Odd(\"two\\nlines\")\nmy.Odd: two\nlines\n\nCaused by:\n    Odd: two\n",
        );
        assert_eq!(
            (traceback.kind.as_str(), traceback.message.as_str()),
            ("my.Odd", "two\nlines")
        );
        assert_eq!(traceback.frames.len(), 1);
        assert_eq!(traceback.frames[0].line, 9);
    }

    #[test]
    fn what_is_no_traceback_is_none() {
        for text in ["", "error: no such option", "  File \"x\", line y\n"] {
            assert_eq!(Traceback::parse(text), None, "{text}");
        }
    }
}
