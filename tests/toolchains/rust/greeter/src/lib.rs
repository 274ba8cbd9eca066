wit_bindgen::generate!({ world: "typed", path: "../../wit" });

use exports::demo::greet::greeter::{Guest, Stats};

struct Component;

impl Guest for Component {
    fn greet(name: String) -> String {
        format!("Hello, {name}, from Rust!")
    }

    fn measure(text: String) -> Stats {
        Stats {
            length: u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
            upper: text.to_uppercase(),
        }
    }

    fn parse(text: String) -> Result<u32, String> {
        text.parse().map_err(|_| format!("not a number: {text}"))
    }
}

export!(Component);
