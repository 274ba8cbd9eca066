//! What cargo itself says on its standard error: progress, warnings, errors.

/// Collects cargo's errors while its output is read.
#[derive(Debug, Default)]
pub(crate) struct Said {
    errors: String,
    inside: Block,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Block {
    #[default]
    None,
    Error,
    Skipped,
}

/// What one line is, beyond an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// E.g. `Compiling greeter v0.1.0`.
    Progress(&'a str),
    /// The first line of a warning, without its prefix.
    Warning(&'a str),
    /// Part of an error, or nothing of interest.
    Other,
}

impl Said {
    /// Everything at once.
    pub(crate) fn of(text: &str) -> Self {
        let mut said = Self::default();
        for line in text.lines() {
            said.line(line);
        }
        said
    }

    /// Takes one line in.
    pub(crate) fn line<'a>(&mut self, line: &'a str) -> Kind<'a> {
        if let Some(status) = status(line) {
            self.inside = Block::None;
            return Kind::Progress(status);
        }
        if let Some(warning) = line.strip_prefix("warning: ") {
            self.inside = Block::Skipped;
            return match is_summary(warning) {
                true => Kind::Other,
                false => Kind::Warning(warning),
            };
        }
        if let Some(error) = line.strip_prefix("error: ") {
            self.inside = if is_summary(error) {
                Block::Skipped
            } else {
                Block::Error
            };
            if self.inside == Block::Error {
                self.push(error);
            }
            return Kind::Other;
        }
        if self.inside == Block::Error {
            self.push(line);
        }
        Kind::Other
    }

    /// The text of all errors, without what only sums up the compiler's.
    pub(crate) fn errors(&self) -> &str {
        self.errors.trim_end()
    }

    fn push(&mut self, line: &str) {
        self.errors.push_str(line);
        self.errors.push('\n');
    }
}

/// Cargo's status lines: a verb right-aligned to twelve columns.
fn status(line: &str) -> Option<&str> {
    let (verb, rest) = line.split_at_checked(12)?;
    let verb = verb.trim_start();
    let is_verb = verb.starts_with(|c: char| c.is_ascii_uppercase())
        && verb.bytes().all(|b| b.is_ascii_alphabetic());
    (is_verb && rest.starts_with(' ')).then(|| line.trim_start())
}

/// Lines that repeat what the compiler's own messages have said.
fn is_summary(text: &str) -> bool {
    text.starts_with("could not compile ")
        || text.starts_with("build failed")
        || (text.starts_with('`') && text.contains(" generated ") && text.contains(" warning"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        let mut said = Said::default();
        for (line, kind) in [
            (
                "   Compiling greeter v0.1.0 (/src)",
                Kind::Progress("Compiling greeter v0.1.0 (/src)"),
            ),
            (
                "    Blocking waiting for file lock",
                Kind::Progress("Blocking waiting for file lock"),
            ),
            (
                "warning: unused manifest key: x",
                Kind::Warning("unused manifest key: x"),
            ),
            ("warning: `greeter` (lib) generated 1 warning", Kind::Other),
            (
                "error: failed to run custom build command for `a v0.1.0`",
                Kind::Other,
            ),
            ("", Kind::Other),
            ("Caused by:", Kind::Other),
            ("  process didn't exit successfully", Kind::Other),
            (
                "error: could not compile `a` (lib) due to 1 previous error",
                Kind::Other,
            ),
        ] {
            assert_eq!(said.line(line), kind, "{line}");
        }
        assert_eq!(
            said.errors(),
            "failed to run custom build command for `a v0.1.0`\n\nCaused by:\n  process didn't exit successfully"
        );
    }
}
