//! Finds the two components that the plugin carries inside. They are WebAssembly
//! as it is, from crates of this workspace, so whoever builds the plugin builds
//! them before it: see `plugins/bundle/build.rs`.

use std::path::PathBuf;
use std::process::exit;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A build for this machine, as for unit tests, is without.
    if env::var("CARGO_CFG_TARGET_FAMILY").as_deref() != Ok("wasm") {
        return;
    }
    let out = PathBuf::from(env::var("OUT_DIR").unwrap_or_else(|_| fail("cargo set no OUT_DIR")));
    // `<profile>/build/<package>/out`: what is built lies in `<profile>`.
    let Some(built) = out.ancestors().nth(3) else {
        fail("cargo builds in an unknown place");
    };
    for (file, name) in [
        ("run_fastly_io.wasm", "io.wasm"),
        ("run_fastly_entry.wasm", "entry.wasm"),
    ] {
        let from = built.join(file);
        println!("cargo::rerun-if-changed={}", from.display());
        if let Err(error) = fs::copy(&from, out.join(name)) {
            fail(&format!(
                "{}: {error}; build the packages run-fastly-io and run-fastly-entry first, with \
                 the same profile and for the same target",
                from.display()
            ));
        }
    }
}

fn fail(message: &str) -> ! {
    println!("cargo::error={message}");
    exit(1)
}
