//! A child's output as lines, bounded.

use std::io::Read;

/// Longer lines are handed on in pieces of this size.
const LINE: usize = 1 << 20;

/// Reads `pipe` to its end and hands every line to `each`, lossily decoded and
/// without its line ending. Stops early where `each` answers false.
pub(super) fn read_lines(mut pipe: impl Read, mut each: impl FnMut(String) -> bool) {
    let mut pending = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match pipe.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let mut rest = &buffer[..read];
        while let Some(at) = rest.iter().position(|&byte| byte == b'\n') {
            pending.extend_from_slice(&rest[..at]);
            rest = &rest[at + 1..];
            if !each(decode(&mut pending)) {
                return;
            }
        }
        pending.extend_from_slice(rest);
        if pending.len() >= LINE && !each(decode(&mut pending)) {
            return;
        }
    }
    if !pending.is_empty() {
        each(decode(&mut pending));
    }
}

fn decode(pending: &mut Vec<u8>) -> String {
    if pending.last() == Some(&b'\r') {
        pending.pop();
    }
    let line = String::from_utf8_lossy(pending).into_owned();
    pending.clear();
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        read_lines(text, |line| {
            out.push(line);
            true
        });
        out
    }

    #[test]
    fn lines_are_whole_and_bounded() {
        assert_eq!(lines(b"a\r\nb\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(lines(b""), [""; 0]);
        assert_eq!(lines(b"\xff\n"), ["\u{fffd}"]);
        let long = vec![b'x'; 3 * LINE];
        assert!(
            lines(&long)
                .iter()
                .all(|line| line.len() <= LINE + 64 * 1024)
        );
    }
}
