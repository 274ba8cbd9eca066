wit_bindgen::generate!();

use exports::conformance::failure::failure::Guest;

struct Case;

export!(Case);

impl Guest for Case {
    fn only_even(x: u32) -> u32 {
        assert!(x % 2 == 0, "{x} is odd");
        x
    }
}
