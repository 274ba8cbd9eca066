//! Where in the rewritten code section what was in the old one is.

/// Offsets into the contents of a code section, old and new, in order; what is
/// between two of them has moved with the first.
#[derive(Default)]
pub(super) struct Places {
    moves: Vec<(u64, u64)>,
    /// Where the old section ends.
    end: u64,
}

impl Places {
    /// From `old` on, everything is at `new` and behind. To be told in order.
    pub(super) fn moved(&mut self, old: usize, new: usize) {
        let (old, new) = (old as u64, new as u64);
        match self.moves.last_mut() {
            Some(last) if last.0 == old => last.1 = new,
            Some(last) if last.1.wrapping_sub(last.0) == new.wrapping_sub(old) => {}
            _ => self.moves.push((old, new)),
        }
    }

    pub(super) fn end(&mut self, old: usize) {
        self.end = old as u64;
    }

    /// Where it is now; `None` for what was never in the section, as the
    /// addresses are that linkers give to functions they leave out.
    pub(super) fn of(&self, old: u64) -> Option<u64> {
        if old > self.end {
            return None;
        }
        let next = self.moves.partition_point(|(from, _)| *from <= old);
        let (from, to) = *self.moves.get(next.checked_sub(1)?)?;
        let new = to + (old - from);
        // A size that was written in more bytes than it needed has shrunk.
        Some(match self.moves.get(next) {
            Some((_, bound)) => new.min(*bound),
            None => new,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_moves_with_what_was_before() {
        let mut places = Places::default();
        places.moved(0, 0);
        places.moved(10, 10);
        places.moved(20, 37);
        places.moved(30, 40);
        places.end(50);
        for (old, new) in [
            (0, 0),
            (15, 15),
            (19, 19),
            (20, 37),
            (29, 40),
            (30, 40),
            (50, 60),
        ] {
            assert_eq!(places.of(old), Some(new), "{old}");
        }
        assert_eq!(places.of(51), None);
    }
}
