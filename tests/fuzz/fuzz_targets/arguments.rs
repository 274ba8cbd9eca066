//! `--args` of `exec` and `args` of a test: any text, for functions of every
//! shape.

#![no_main]

use libfuzzer_sys::fuzz_target;
use run_fuzz::function_and_text;
use run_runtime::values;

fuzz_target!(|data: &[u8]| {
    let Some((function, text)) = function_and_text(data) else {
        return;
    };
    // A NUL, which cannot be typed, stands between two `--args`.
    let given: Vec<String> = text.split('\0').map(str::to_owned).collect();
    match values::plan(function, &|| run_fuzz::functions().to_vec(), &given) {
        Ok(parsed) => assert_eq!(parsed.len(), function.ty.params().len()),
        Err(error) => run_fuzz::check_rendering(&error),
    }
});
