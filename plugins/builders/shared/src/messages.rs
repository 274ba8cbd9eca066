//! `file:line:column: message`, which most compilers print about source.

/// One such line, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    /// The file as it was printed.
    pub file: &'a str,
    /// From 1.
    pub line: u32,
    /// From 1, in whatever the compiler counts.
    pub column: u32,
    /// All that follows, without the space before it.
    pub text: &'a str,
}

impl<'a> Message<'a> {
    /// The line as a message; none where it is not one. A file without a column
    /// is taken to mean the line's first.
    #[must_use]
    pub fn parse(line: &'a str) -> Option<Self> {
        // A drive's letter is part of the file.
        let skip = match line.as_bytes() {
            [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic() => 2,
            _ => 0,
        };
        let end = skip + line.get(skip..)?.find(':')?;
        let (file, rest) = (&line[..end], &line[end + 1..]);
        let (number, rest) = number(rest)?;
        let (column, rest) = match self::number(rest) {
            Some((column, rest)) => (column, rest),
            None => (1, rest),
        };
        let plausible = !file.is_empty() && !file.starts_with(' ') && !file.starts_with('\t');
        plausible.then_some(Self {
            file,
            line: number,
            column,
            text: rest.trim_start(),
        })
    }
}

/// `12:rest` → 12 and `rest`.
fn number(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_once(':')?;
    let number = digits.parse().ok().filter(|number| *number > 0)?;
    Some((number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_messages_and_lines_that_are_not() {
        let message = |file, line, column, text| {
            Some(Message {
                file,
                line,
                column,
                text,
            })
        };
        for (line, expected) in [
            (
                "./main.go:8:27: cannot use x",
                message("./main.go", 8, 27, "cannot use x"),
            ),
            (
                "a/b.zig:4:20: error: no field: x",
                message("a/b.zig", 4, 20, "error: no field: x"),
            ),
            ("go.mod:3: unknown", message("go.mod", 3, 1, "unknown")),
            ("C:\\x\\a.go:1:2: y", message("C:\\x\\a.go", 1, 2, "y")),
            ("# example.com/x", None),
            ("    at a.go:1:2: x", None),
            ("go: finding module", None),
            ("a.go:0:1: x", None),
            ("", None),
        ] {
            assert_eq!(Message::parse(line), expected, "{line}");
        }
    }
}
