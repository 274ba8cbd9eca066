//! A plugin's manifest, by itself and inside bytes that call themselves a
//! component.

#![no_main]

use libfuzzer_sys::fuzz_target;
use run_plugins::Plugin;
use run_plugins::consent::Permissions;
use run_plugins::manifest::Manifest;

fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"\0asm") {
        if let Err(error) = Plugin::read("fuzz", data.to_vec()) {
            assert!(!error.to_string().is_empty());
        }
        return;
    }
    match Manifest::parse(data) {
        Ok(manifest) => {
            // What a person would be asked to agree to.
            let _ = Permissions::requested(&manifest);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
