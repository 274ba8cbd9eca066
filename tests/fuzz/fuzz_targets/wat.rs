//! Text where a component is expected.

#![no_main]

use libfuzzer_sys::fuzz_target;
use run_runtime::{Wasm, inspect};

fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"\0asm") {
        return;
    }
    match Wasm::from_bytes("fuzz.wat", data.to_vec()) {
        Ok(wasm) => {
            // Assembling does not validate.
            let _ = inspect::describe(&wasm);
        }
        Err(error) => run_fuzz::check_rendering(&error),
    }
});
