//! A trap: its reason in a line, the backtrace beneath.

use super::judge::Reason;

/// `printed` is the engine's report of what ended the guest: a reason alone, or
/// a backtrace with the reason under `Caused by:`.
pub(super) fn reason(function: &str, printed: &str) -> Reason {
    let lines: Vec<&str> = printed.lines().collect();
    let caused = lines.iter().position(|line| line.trim() == "Caused by:");
    let cause = caused.and_then(|at| {
        let mut below = lines[at + 1..].iter().map(|line| line.trim());
        below.find(|line| !line.is_empty())
    });
    let (why, rest) = match (cause, lines.split_first()) {
        (Some(cause), _) => (unnumbered(cause), &lines[..caused.unwrap_or(0)]),
        (None, Some((first, rest))) => (*first, rest),
        (None, None) => ("no reason was given", &lines[..0]),
    };
    let detail = rest
        .iter()
        .map(|line| line.trim_end())
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    Reason {
        detail,
        ..Reason::line(format!("`{function}` trapped: {why}"))
    }
}

/// Causes are numbered where there are several.
fn unnumbered(cause: &str) -> &str {
    match cause.split_once(": ") {
        Some((number, rest)) if number.bytes().all(|c| c.is_ascii_digit()) => rest.trim_start(),
        _ => cause,
    }
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_cause_comes_first_and_the_backtrace_beneath() {
        let printed = "error while executing at wasm backtrace:\n    0:     0x33 - m!f\n\n\
                       Caused by:\n    0: wasm trap: out of bounds\n    1: more\n";
        let found = reason("f", printed);
        assert_eq!(found.line, "`f` trapped: wasm trap: out of bounds");
        assert_eq!(
            found.detail,
            [
                "error while executing at wasm backtrace:",
                "    0:     0x33 - m!f"
            ]
        );
        for (printed, line, detail) in [
            ("it called exit(3)", "`f` trapped: it called exit(3)", 0),
            ("first\nsecond", "`f` trapped: first", 1),
            ("", "`f` trapped: no reason was given", 0),
            ("Caused by:", "`f` trapped: Caused by:", 0),
        ] {
            let found = reason("f", printed);
            assert_eq!((found.line.as_str(), found.detail.len()), (line, detail));
        }
    }
}
