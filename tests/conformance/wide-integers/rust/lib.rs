wit_bindgen::generate!();

use exports::conformance::wide_integers::wide_integers::Guest;

struct Case;

export!(Case);

impl Guest for Case {
    fn echo_s64(x: i64) -> i64 {
        x
    }

    fn echo_u64(x: u64) -> u64 {
        x
    }
}
