//! What guests write, passed on by whole lines.
//!
//! Many requests are answered at once, and programs write a line in pieces:
//! passed on as they come, pieces of different requests would mix.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Takes the lines that guests write, without their ends.
#[derive(Clone)]
pub struct LineOutlet(Arc<dyn Fn(&str) + Send + Sync>);

impl LineOutlet {
    /// Passes each line to `take`. What is not UTF-8 has replacement characters.
    pub fn new(take: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(take))
    }
}

impl fmt::Debug for LineOutlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineOutlet")
    }
}

/// The same outlet, not one that does the same.
impl PartialEq for LineOutlet {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for LineOutlet {}

/// The longest line that is held; a longer one is passed on in parts.
const LONGEST: usize = 16 << 10;

/// One stream of one guest: what it has written of a line that has not ended.
pub(super) struct Held {
    outlet: LineOutlet,
    rest: Mutex<Vec<u8>>,
}

impl Held {
    pub(super) fn new(outlet: &LineOutlet) -> Self {
        Self {
            outlet: outlet.clone(),
            rest: Mutex::default(),
        }
    }

    /// Takes what was written next.
    pub(super) fn take(&self, bytes: &[u8]) {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            rest.extend_from_slice(piece);
            if piece.ends_with(b"\n") || rest.len() >= LONGEST {
                self.pass_on(&rest);
                rest.clear();
            }
        }
    }

    fn pass_on(&self, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        (self.outlet.0)(&String::from_utf8_lossy(line));
    }
}

/// The last line may have no end.
impl Drop for Held {
    fn drop(&mut self) {
        let rest = std::mem::take(self.rest.get_mut().unwrap_or_else(PoisonError::into_inner));
        if !rest.is_empty() {
            self.pass_on(&rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_and_the_last_one_at_the_end() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let take = {
            let seen = seen.clone();
            move |line: &str| seen.lock().unwrap().push(line.to_owned())
        };
        let held = Held::new(&LineOutlet::new(take));
        for piece in ["a", "b\nc\r\n", "", "\nd"] {
            held.take(piece.as_bytes());
        }
        assert_eq!(*seen.lock().unwrap(), ["ab", "c", ""]);
        held.take(&[0xff]);
        drop(held);
        assert_eq!(seen.lock().unwrap()[3], "d\u{fffd}");
        let held = Held::new(&LineOutlet::new({
            let seen = seen.clone();
            move |line: &str| seen.lock().unwrap().push(line.to_owned())
        }));
        held.take(&vec![b'x'; LONGEST + 1]);
        assert_eq!(seen.lock().unwrap()[4].len(), LONGEST + 1);
    }
}
