//! Implements the world of `wit/greeter.wit`.

wit_bindgen::generate!({ path: "../wit" });

use exports::example::greeter::greetings::Guest;

struct Greeter;

impl Guest for Greeter {
    fn greet(name: String) -> String {
        format!("Hello, {name}!")
    }

    fn add(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    fn parse(text: String) -> Result<u32, String> {
        text.trim().parse().map_err(|error| format!("{text}: {error}"))
    }
}

export!(Greeter);
