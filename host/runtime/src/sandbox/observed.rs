//! What a guest did that its user should hear of: stand-ins it read, and what
//! it was denied.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::limits::Breach;

/// What came to light while a guest ran.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// It read a clock that was virtual.
    pub clock: bool,
    /// It read random bytes that were seeded.
    pub random: bool,
    /// It looked for directories and was given none.
    pub directories: bool,
    /// What it tried and was denied, each once, sorted.
    pub denied: Vec<Denial>,
}

/// Something a guest tried and was denied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Denial {
    /// What it tried, e.g. `connect to 192.0.2.1:80`.
    pub what: String,
    /// The import it tried it through, e.g. `wasi:sockets/tcp`.
    pub import: &'static str,
    /// The flag that allows it, e.g. `--allow-net 192.0.2.1:80`.
    pub flag: String,
    /// The capability in `run.toml` that allows it.
    pub capability: String,
}

/// A call that strict mode refuses: the trap that ends the guest.
#[derive(Debug, Clone, thiserror::Error)]
#[error("it called `{import}`, which it was not given")]
pub(crate) struct Refused {
    pub(crate) import: &'static str,
    pub(crate) flag: &'static str,
    pub(crate) capability: &'static str,
}

/// Written to by everything that watches one guest.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) clock: AtomicBool,
    pub(crate) random: AtomicBool,
    pub(crate) directories: AtomicBool,
    denied: Mutex<BTreeSet<Denial>>,
    breach: Mutex<Option<Breach>>,
}

/// Distinct denials that are kept: a guest that scans a network is not a list
/// anyone reads.
const KEPT: usize = 16;

impl Seen {
    pub(crate) fn deny(&self, denial: Denial) {
        let mut denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
        if denied.len() < KEPT {
            denied.insert(denial);
        }
    }

    /// Notes the first limit that was hit.
    pub(crate) fn breach(&self, breach: Breach) {
        let mut first = self.breach.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(breach);
    }

    pub(crate) fn first_breach(&self) -> Option<Breach> {
        *self.breach.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn observed(&self) -> Observed {
        let denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
        Observed {
            clock: self.clock.load(Ordering::Relaxed),
            random: self.random.load(Ordering::Relaxed),
            directories: self.directories.load(Ordering::Relaxed),
            denied: denied.iter().cloned().collect(),
        }
    }
}
