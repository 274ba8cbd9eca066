wit_bindgen::generate!();

use exports::conformance::variants::variants::{Guest, Shape, Size};

struct Case;

export!(Case);

impl Guest for Case {
    fn area(shape: Shape) -> f64 {
        match shape {
            Shape::Nothing => 0.0,
            Shape::Square(side) => side * side,
            Shape::Rectangle(size) => size.width * size.height,
            Shape::Named(_) => -1.0,
        }
    }

    fn double(shape: Shape) -> Shape {
        match shape {
            Shape::Nothing => Shape::Nothing,
            Shape::Square(side) => Shape::Square(side * 2.0),
            Shape::Rectangle(size) => Shape::Rectangle(Size {
                width: size.width * 2.0,
                height: size.height * 2.0,
            }),
            Shape::Named(name) => Shape::Named(name.repeat(2)),
        }
    }
}
