//! `run.lock.toml`: what holds is written in a form that is read as the same and
//! written the same.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use run_project::Lock;

fuzz_target!(|text: &str| {
    let name = Path::new("run.lock.toml");
    match Lock::parse(text, name) {
        Ok(lock) => {
            let written = lock.to_string();
            let again = Lock::parse(&written, name).expect("what was written is read");
            assert_eq!(again, lock, "{written}");
            assert_eq!(again.to_string(), written);
        }
        Err(error) => run_fuzz::check_problems(&error),
    }
});
