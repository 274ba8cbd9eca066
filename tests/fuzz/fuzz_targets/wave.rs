//! One value of a type: what was read is written in a form that is read as the
//! same, and has a JSON form.

#![no_main]

use libfuzzer_sys::fuzz_target;
use run_fuzz::function_and_text;
use run_runtime::values;

fuzz_target!(|data: &[u8]| {
    let Some((function, text)) = function_and_text(data) else {
        return;
    };
    for (_, ty) in function.ty.params() {
        let Ok(value) = values::parse_one(&ty, text) else {
            continue;
        };
        let written = values::to_text(&value);
        let again = values::parse_one(&ty, &written);
        assert_eq!(again.as_ref(), Ok(&value), "written as `{written}`");
        assert!(!values::to_json(&value).to_string().is_empty());
    }
});
