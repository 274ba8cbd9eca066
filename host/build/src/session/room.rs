//! How many builds run at once: as many as there are processors, as long as
//! there is memory for one more.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// What a compiler may take. A build is not started beside others where less is
/// free; alone it always is.
const ONE_BUILD: u64 = 1 << 30;

/// How often is looked again while there is no memory.
const AGAIN: Duration = Duration::from_millis(250);

pub(super) struct Room {
    processors: usize,
    most: usize,
    free: fn() -> Option<u64>,
    state: Mutex<State>,
    left: Condvar,
}

struct State {
    running: usize,
    waiting: usize,
}

/// One running build.
pub(super) struct Place<'r> {
    room: &'r Room,
    /// How many processors it may keep busy.
    pub(super) parallelism: u32,
}

impl Room {
    /// For `builds` of them, at most `jobs` at once.
    pub(super) fn new(builds: usize, jobs: Option<NonZeroUsize>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let most = jobs.map_or(processors, usize::from).min(builds).max(1);
        Self {
            processors,
            most,
            free: free_memory,
            state: Mutex::new(State {
                running: 0,
                waiting: builds,
            }),
            left: Condvar::new(),
        }
    }

    /// How many builds run at once at most.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Waits until one more may run.
    pub(super) fn enter(&self) -> Place<'_> {
        let mut state = self.lock();
        while state.running > 0 && (self.free)().is_some_and(|free| free < ONE_BUILD) {
            state = match self.left.wait_timeout(state, AGAIN) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        state.waiting = state.waiting.saturating_sub(1);
        state.running += 1;
        // Those that wait will want their share as well.
        let sharing = (state.running + state.waiting).clamp(1, self.most);
        let share = (self.processors / sharing).max(1);
        Place {
            room: self,
            parallelism: u32::try_from(share).unwrap_or(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.room.lock().running -= 1;
        self.room.left.notify_all();
    }
}

/// Memory that can be had without taking it from anyone, in bytes; `None` where
/// the system does not say.
fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    available(&text)
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(processors: usize, most: usize, builds: usize, free: fn() -> Option<u64>) -> Room {
        Room {
            processors,
            most,
            free,
            state: Mutex::new(State {
                running: 0,
                waiting: builds,
            }),
            left: Condvar::new(),
        }
    }

    #[test]
    fn builds_share_the_processors() {
        let plenty = || None;
        let room = room(8, 8, 3, plenty);
        let places = [room.enter(), room.enter(), room.enter()];
        assert_eq!(places.map(|place| place.parallelism), [2, 2, 2]);
        assert_eq!(room.enter().parallelism, 8, "the last has them all");
    }

    #[test]
    fn more_builds_than_processors_have_one_each() {
        let room = room(2, 2, 6, || None);
        assert_eq!(room.enter().parallelism, 1);
    }

    #[test]
    fn without_memory_builds_run_one_after_the_other() {
        let room = room(4, 4, 2, || Some(1));
        let running = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let _place = room.enter();
                    let others = running.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    assert_eq!(others, 0);
                    std::thread::sleep(Duration::from_millis(20));
                    running.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                });
            }
        });
    }

    #[test]
    fn the_systems_figure_is_read() {
        let text = "MemTotal:  24 kB\nMemAvailable:   22540036 kB\n";
        assert_eq!(available(text), Some(22_540_036 * 1024));
        assert_eq!(available("MemAvailable: many"), None);
    }
}
