wit_bindgen::generate!("case");

use std::cell::Cell;

use exports::conformance::resources::resources::{Counter, CounterBorrow, Guest, GuestCounter};

struct Case;

export!(Case);

struct Own(Cell<u32>);

impl Guest for Case {
    type Counter = Own;

    fn largest(counters: Vec<CounterBorrow<'_>>) -> u32 {
        let values = counters.iter().map(|counter| counter.get::<Own>().value());
        values.max().unwrap_or_default()
    }
}

impl GuestCounter for Own {
    fn new(start: u32) -> Self {
        Self(Cell::new(start))
    }

    fn add(&self, by: u32) -> u32 {
        self.0.set(self.0.get() + by);
        self.0.get()
    }

    fn value(&self) -> u32 {
        self.0.get()
    }

    fn twice(start: u32) -> Counter {
        Counter::new(Own::new(2 * start))
    }
}
