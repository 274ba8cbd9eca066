wit_bindgen::generate!("case");

use conformance::imports::provider;
use exports::conformance::imports::consumer::{Guest, Point};

struct Case;

export!(Case);

impl Guest for Case {
    fn quadruple(x: u32) -> u32 {
        provider::double(provider::double(x))
    }

    fn shout(words: Vec<String>) -> String {
        provider::join(&words) + "!"
    }

    fn across(p: Point) -> Result<Point, String> {
        provider::mirror(p)
    }
}
