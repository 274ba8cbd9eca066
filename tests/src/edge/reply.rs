//! An answer of a server, with the time at which each piece of it came.

use std::io::BufRead;
use std::time::{Duration, Instant};

/// What it answers.
#[derive(Debug)]
pub struct Reply {
    /// E.g. 200.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// With the time since the request at which each piece came.
    pub pieces: Vec<(Duration, String)>,
}

impl Reply {
    /// All of the body.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Every header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Vec<&str> {
        let of_name = self.headers.iter().filter(|(header, _)| header == name);
        of_name.map(|(_, value)| value.as_str()).collect()
    }

    /// Reads one, without closing.
    pub(super) fn read(from: &mut impl BufRead, start: Instant) -> Self {
        let mut line = String::new();
        from.read_line(&mut line).expect("an answer");
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            from.read_line(&mut line).expect("headers");
            match line.trim_end().split_once(':') {
                Some((name, value)) => {
                    headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
                None => break,
            }
        }
        let mut reply = Self {
            status: status.unwrap_or_else(|| panic!("no status in {line:?}")),
            headers,
            pieces: Vec::new(),
        };
        let mut piece = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            reply.pieces.push((start.elapsed(), text));
        };
        let chunked = reply.headers.iter().any(|(n, _)| n == "transfer-encoding");
        if !chunked {
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).expect("a body");
            piece(&bytes);
            return reply;
        }
        loop {
            let mut size = String::new();
            from.read_line(&mut size).expect("a chunk");
            let size = usize::from_str_radix(size.trim(), 16).expect("a chunk's size");
            let mut bytes = vec![0; size + 2];
            from.read_exact(&mut bytes).expect("a chunk");
            if size == 0 {
                return reply;
            }
            piece(&bytes[..size]);
        }
    }
}
