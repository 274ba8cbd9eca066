//! Implements the world of `wit/world.wit`.

wit_bindgen::generate!();

struct Component;

impl Guest for Component {
    fn greet(name: String) -> String {
        format!("Hello, {name}!")
    }
}

export!(Component);
