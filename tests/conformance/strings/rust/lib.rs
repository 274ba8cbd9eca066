wit_bindgen::generate!();

use exports::conformance::strings::strings::Guest;

struct Case;

export!(Case);

impl Guest for Case {
    fn greet(name: String) -> String {
        format!("Hello, {name}!")
    }

    fn count(text: String) -> u32 {
        text.chars().count() as u32
    }

    fn repeat(text: String, times: u32) -> String {
        text.repeat(times as usize)
    }
}
