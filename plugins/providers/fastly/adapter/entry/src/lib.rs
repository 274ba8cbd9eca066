//! What the platform calls for each request: gives it to the deployed component
//! in the form of `wasi:http`.
//!
//! It is a component of its own because instances cannot import each other in a
//! circle: the deployed component imports from `run-fastly-io`, and this one from
//! both.

#![cfg(target_arch = "wasm32")]
#![no_std]

extern crate alloc;

#[allow(missing_docs)]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../../../../wit", "../wit"],
        world: "run:fastly/entry",
        generate_all,
    });
}

#[path = "../../io/src/heap.rs"]
mod heap;

use bindings::exports::fastly::compute::http_incoming::{Body, Guest, Request};
use bindings::run::fastly::bridge;
use bindings::wasi::http::incoming_handler;

struct Entry;

impl Guest for Entry {
    fn handle(request: Request, body: Body) -> Result<(), ()> {
        let (request, out) = bridge::incoming(request, body);
        incoming_handler::handle(request, out);
        Ok(())
    }
}

bindings::export!(Entry with_types_in bindings);
