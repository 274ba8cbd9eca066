wit_bindgen::generate!();

use exports::conformance::compile_error::compile_error::Guest;

struct Case;

export!(Case);

impl Guest for Case {
    fn twice(x: u32) -> u32 {
        x * factor
    }
}
