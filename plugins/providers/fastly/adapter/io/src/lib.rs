//! WASI 0.2 over the interfaces of Fastly Compute.
//!
//! The platform has no `wasi:http`, and its bodies are resources of its own that
//! the streams of its `wasi:io` cannot carry. So all of `wasi:io` is made here
//! anew, and with it everything that hands out a stream or a pollable. What the
//! platform does not have is there and says so: no files, no sockets, no
//! terminals.

#![cfg(target_arch = "wasm32")]
#![no_std]

extern crate alloc;

#[allow(missing_docs)]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../../../../wit", "../wit"],
        world: "run:fastly/io",
        generate_all,
    });
}

mod absent;
mod backends;
mod environment;
mod errors;
mod fields;
mod headers;
mod heap;
mod incoming;
mod outgoing;
mod poll;
mod request;
mod response;
mod sending;
mod single;
mod slot;
mod streams;
mod system;

/// What all interfaces are exported by.
pub(crate) struct Io;

bindings::export!(Io with_types_in bindings);
