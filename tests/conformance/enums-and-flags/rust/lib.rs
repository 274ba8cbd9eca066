wit_bindgen::generate!();

use exports::conformance::enums_and_flags::enums_and_flags::{Access, Color, Guest};

struct Case;

export!(Case);

impl Guest for Case {
    fn next(color: Color) -> Color {
        match color {
            Color::Red => Color::Green,
            Color::Green => Color::DeepBlue,
            Color::DeepBlue => Color::Red,
        }
    }

    fn toggle(access: Access) -> Access {
        !access
    }

    fn contains(access: Access, all: Access) -> bool {
        access.contains(all)
    }
}
