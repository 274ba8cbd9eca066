//! Uses counters that another component defines and a third one made.

#![allow(missing_docs)]

wit_bindgen::generate!({ path: "wit", world: "stepping" });

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

    fn apply(from: Point, by: Move) -> Point {
        match by {
            Move::Stay => from,
            Move::Go(by) => Point {
                x: from.x + by.x,
                y: from.y + by.y,
            },
        }
    }
}

export!(Stepping);
