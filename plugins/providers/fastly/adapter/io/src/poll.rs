//! `wasi:io/poll`: waiting for bodies and answers, which are the platform's, and
//! for the clock, which is not one of the things that it waits for.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;

use crate::Io;
use crate::bindings::exports::wasi::io0_2_12::poll;
use crate::bindings::fastly::compute::async_io;
use crate::bindings::wasi::clocks0_2_6::monotonic_clock;

/// One of the platform's resources, shared by those who wait for it and the one
/// who gives it away in the end.
pub(crate) type Shared = Rc<RefCell<Option<async_io::Pollable>>>;

pub(crate) fn shared(resource: async_io::Pollable) -> Shared {
    Rc::new(RefCell::new(Some(resource)))
}

/// What is waited for.
pub(crate) enum Wait {
    Nothing,
    /// A time of the monotonic clock, in nanoseconds.
    Until(u64),
    /// Ready as well once it was given away: the next call then says how it is.
    Platform(Shared),
}

impl Wait {
    pub(crate) fn pollable(self) -> poll::Pollable {
        poll::Pollable::new(self)
    }

    fn is_ready(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Until(time) => monotonic_clock::now() >= *time,
            Self::Platform(shared) => is_ready(shared),
        }
    }
}

pub(crate) fn is_ready(shared: &Shared) -> bool {
    shared
        .borrow()
        .as_ref()
        .is_none_or(|resource| resource.is_ready())
}

impl poll::GuestPollable for Wait {
    fn ready(&self) -> bool {
        self.is_ready()
    }

    fn block(&self) {
        block(&[self]);
    }
}

impl poll::Guest for Io {
    type Pollable = Wait;

    fn poll(list: Vec<poll::PollableBorrow<'_>>) -> Vec<u32> {
        let waits: Vec<&Wait> = list.iter().map(|pollable| pollable.get()).collect();
        block(&waits);
        let ready = |(at, wait): (usize, &&Wait)| wait.is_ready().then_some(at as u32);
        waits.iter().enumerate().filter_map(ready).collect()
    }
}

/// Returns when at least one of them is ready. Nothing to wait for is a trap, as
/// WASI says.
fn block(waits: &[&Wait]) {
    assert!(!waits.is_empty());
    while !waits.iter().any(|wait| wait.is_ready()) {
        let mut until: Option<u64> = None;
        let mut resources = Vec::new();
        for wait in waits {
            match wait {
                Wait::Nothing => return,
                Wait::Until(time) => until = Some(until.map_or(*time, |u| u.min(*time))),
                Wait::Platform(shared) => resources.push(shared.borrow()),
            }
        }
        let resources: Vec<_> = resources.iter().filter_map(|r| r.as_ref()).collect();
        match until {
            None => {
                async_io::select(&resources);
            }
            Some(time) if resources.is_empty() => {
                monotonic_clock::subscribe_instant(time).block();
            }
            Some(time) => {
                let left = time.saturating_sub(monotonic_clock::now());
                let left = u32::try_from(left.div_ceil(1_000_000)).unwrap_or(u32::MAX);
                async_io::select_with_timeout(&resources, left);
            }
        }
    }
}
