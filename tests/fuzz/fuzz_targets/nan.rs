//! Giving NaNs their canonical bits: what comes of valid bytes is valid, and
//! nothing that is not valid gets through.

#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use run_runtime::nan;
use wasm_smith::{Config, Module};
use wasmparser::{Validator, WasmFeatures};

fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"\0asm") {
        check(data);
        return;
    }
    // Bytes that only choose: modules are rarely met by chance.
    let config = Config {
        max_memories: 2,
        max_tables: 4,
        wide_arithmetic_enabled: true,
        ..Config::default()
    };
    if let Ok(module) = Module::new(config, &mut Unstructured::new(data)) {
        check(&module.to_bytes());
    }
});

fn check(wasm: &[u8]) {
    let valid = |wasm| Validator::new_with_features(WasmFeatures::all()).validate_all(wasm);
    match nan::canonical(wasm) {
        Ok(rewritten) => {
            valid(wasm).expect("what is not valid is refused");
            valid(&rewritten).expect("what comes of valid bytes is valid");
        }
        Err(refused) => assert!(!refused.to_string().is_empty()),
    }
}
