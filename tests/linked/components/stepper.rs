//! Uses counters that another component defines and a third one made.

// Names of exports such as `demo:linked/steps#apply` are more than other
// linkers take.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]

wit_bindgen::generate!({ path: "wit", world: "stepping", generate_all });

use demo::linked::counters::Counter;
use exports::demo::linked::steps::{Guest, Move, Point};

struct Stepping;

impl Guest for Stepping {
    fn step(counter: &Counter) -> u32 {
        counter.next()
    }

    fn finish(counter: Counter) -> u32 {
        counter.next()
    }

    fn apply(start: Point, by: Move) -> Point {
        match by {
            Move::Stay => start,
            Move::Go(by) => Point {
                x: start.x + by.x,
                y: start.y + by.y,
            },
        }
    }
}

export!(Stepping);
