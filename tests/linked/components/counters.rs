//! Defines the resource `counter`, and knows how many there are.

// Names of exports such as `demo:linked/steps#apply` are more than other
// linkers take.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

wit_bindgen::generate!({ path: "wit", world: "counting", generate_all });

use exports::demo::linked::counters::{Guest, GuestCounter, Point};

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct Counting;

struct Counter(Cell<u32>);

impl Guest for Counting {
    type Counter = Counter;

    fn alive() -> u32 {
        ALIVE.load(Ordering::Relaxed)
    }

    fn origin() -> Point {
        Point { x: 3, y: 4 }
    }
}

impl GuestCounter for Counter {
    fn new(start: u32) -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self(Cell::new(start))
    }

    fn next(&self) -> u32 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

export!(Counting);
