//! What a guest wrote, made fit to be shown: it may be long, and hostile.

/// Bytes of one stream that a result keeps.
const KEPT: usize = 64 << 10;

/// Lines of one stream that are shown, half from its beginning and half from
/// its end.
const LINES: usize = 40;

/// Characters of one line that are shown.
const WIDTH: usize = 400;

/// The text, with its middle left out where it is too long to keep.
pub(super) fn kept(bytes: &[u8]) -> String {
    if bytes.len() <= KEPT {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let (head, tail) = (&bytes[..KEPT / 2], &bytes[bytes.len() - KEPT / 2..]);
    format!(
        "{}\n… {} bytes left out …\n{}",
        String::from_utf8_lossy(head),
        bytes.len() - KEPT,
        String::from_utf8_lossy(tail)
    )
}

/// The lines to show of a text.
pub(super) fn shown(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= LINES {
        return lines.into_iter().map(one_line).collect();
    }
    let half = LINES / 2;
    let left_out = format!("… {} lines left out …", lines.len() - LINES);
    let head = lines[..half].iter().copied().map(one_line);
    let tail = lines[lines.len() - half..].iter().copied().map(one_line);
    head.chain([left_out]).chain(tail).collect()
}

/// One line that a terminal only shows: control characters spelt out, cut where
/// it is absurdly long.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(WIDTH) {
        match c {
            '\t' => out.push(c),
            // Beside the control characters those that reorder what is shown.
            c if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                out.extend(c.escape_default());
            }
            c => out.push(c),
        }
    }
    if text.chars().nth(WIDTH).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_does_nothing_to_a_terminal() {
        assert_eq!(one_line("a\u{1b}[2Jb\r\n\tc"), "a\\u{1b}[2Jb\\r\\n\tc");
        assert_eq!(one_line("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(one_line(&"x".repeat(1000)).chars().count(), WIDTH + 1);
    }

    #[test]
    fn long_texts_lose_their_middle() {
        let text: String = (0..100).map(|n| format!("{n}\n")).collect();
        let lines = shown(&text);
        assert_eq!(lines.len(), LINES + 1);
        assert_eq!((lines[0].as_str(), lines[LINES].as_str()), ("0", "99"));
        assert_eq!(lines[LINES / 2], "… 60 lines left out …");
        let kept = kept(&vec![b'x'; KEPT * 3]);
        assert!(kept.len() < KEPT + 100);
        assert!(kept.contains("131072 bytes left out"));
    }
}
