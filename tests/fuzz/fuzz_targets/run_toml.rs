//! `run.toml`: it holds, or every problem has a message and a place in the text.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use run_project::Manifest;

fuzz_target!(|text: &str| {
    if let Err(error) = Manifest::parse(text, Path::new("run.toml")) {
        run_fuzz::check_problems(&error);
    }
});
