//! Where one value ends and the next begins.

use super::names::Names;
use super::prefix::is_typed;

/// One value's text with its place in what was given.
pub(super) type Piece<'a> = (usize, &'a str);

/// Splits a text that begins at `base` at its separating commas.
///
/// A comma separates unless it is inside quotes or brackets. A bare string
/// (`string:a, b`) may hold commas too: only what looks like the next typed
/// value ends it.
pub(super) fn split<'a>(text: &'a str, base: usize, names: &Names) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for comma in top_level_commas(text, names) {
        let rest = text[comma + 1..].trim_start();
        if !is_bare(text[start..].trim_start()) || is_typed(rest, names) {
            push_trimmed(&mut pieces, base, text, start, comma);
            start = comma + 1;
        }
    }
    push_trimmed(&mut pieces, base, text, start, text.len());
    pieces
}

fn push_trimmed<'a>(
    pieces: &mut Vec<Piece<'a>>,
    base: usize,
    text: &'a str,
    start: usize,
    end: usize,
) {
    let piece = &text[start..end];
    // The spaces of a bare string are its own; elsewhere they only separate.
    let lead = piece.len() - piece.trim_start().len();
    let body = if is_bare(&piece[lead..]) {
        &piece[lead..]
    } else {
        piece.trim()
    };
    if !(body.is_empty() && start == 0 && end == text.len()) {
        pieces.push((base + start + lead, body));
    }
}

/// Text that is taken as it stands, up to the next typed value.
pub(super) fn is_bare(text: &str) -> bool {
    text.starts_with("string:") || text.starts_with("char:")
}

/// Commas outside quotes, brackets, braces and parentheses.
fn top_level_commas(text: &str, names: &Names) -> Vec<usize> {
    let mut commas = Vec::new();
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    let mut bare = is_bare(text.trim_start());
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' if !bare => quote = Some(c),
                '{' | '[' | '(' | '<' if !bare => depth += 1,
                '}' | ']' | ')' | '>' if !bare => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    commas.push(at);
                    let rest = text[at + 1..].trim_start();
                    bare = is_bare(rest) || (bare && !is_typed(rest, names));
                }
                _ => {}
            },
        }
    }
    commas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_separate_values_and_not_strings() {
        for (given, expected) in [
            ("s32:3,s32:4", &["s32:3", "s32:4"][..]),
            ("s32:3, s32:4", &["s32:3", "s32:4"]),
            ("string:a, b", &["string:a, b"]),
            ("string:a, b,u8:1", &["string:a, b", "u8:1"]),
            ("string:it's, fine,u8:1", &["string:it's, fine", "u8:1"]),
            ("1,[2,3],{x: \"a,b\"}", &["1", "[2,3]", "{x: \"a,b\"}"]),
            (
                "list<s32>:[1,2],tuple<s8, u8>:(1,2)",
                &["list<s32>:[1,2]", "tuple<s8, u8>:(1,2)"],
            ),
            ("counter(1, 2), 3", &["counter(1, 2)", "3"]),
            ("string:", &["string:"]),
            ("", &[]),
        ] {
            let pieces = split(given, 0, &Names::default());
            let texts: Vec<_> = pieces.iter().map(|(_, text)| *text).collect();
            assert_eq!(texts, expected, "{given:?}");
            for (at, text) in pieces {
                assert_eq!(&given[at..at + text.len()], text);
            }
        }
    }
}
