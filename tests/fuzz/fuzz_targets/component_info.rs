//! `info` on bytes that call themselves WebAssembly.

#![no_main]

use libfuzzer_sys::fuzz_target;
use run_runtime::{Wasm, inspect};

fuzz_target!(|data: &[u8]| {
    // Text has a target of its own.
    if !data.starts_with(b"\0asm") {
        return;
    }
    let Ok(wasm) = Wasm::from_bytes("fuzz.wasm", data.to_vec()) else {
        return;
    };
    if let Err(error) = inspect::describe(&wasm) {
        assert!(!error.to_string().is_empty());
    }
});
