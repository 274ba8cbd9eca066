//! Makes counters of one component and hands them to another.

// Names of exports such as `demo:linked/steps#apply` are more than other
// linkers take.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs)]

wit_bindgen::generate!({ path: "wit", world: "walking", generate_all });

use demo::linked::counters::{Counter, alive, origin};
use demo::linked::shapes::{Move, Point};
use demo::linked::steps::{apply, finish, step};

struct Walking;

impl Guest for Walking {
    fn walk() -> String {
        let (a, b) = (Counter::new(10), Counter::new(20));
        let steps = [a.next(), step(&a), step(&b), a.next()];
        let before = alive();
        let last = finish(a);
        let after = alive();
        drop(b);
        let there = apply(origin(), Move::Go(Point { x: 1, y: -1 }));
        format!(
            "{steps:?} {last}; alive {before}, {after}, {}; at {}, {}",
            alive(),
            there.x,
            there.y
        )
    }
}

export!(Walking);
