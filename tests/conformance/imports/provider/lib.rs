wit_bindgen::generate!("provides");

use exports::conformance::imports::provider::{Guest, Point};

struct Provider;

export!(Provider);

impl Guest for Provider {
    fn double(x: u32) -> u32 {
        x * 2
    }

    fn join(words: Vec<String>) -> String {
        words.join(" ")
    }

    fn mirror(p: Point) -> Result<Point, String> {
        if p.x == 0 && p.y == 0 {
            return Err("there is nothing to mirror".to_owned());
        }
        Ok(Point { x: -p.x, y: -p.y })
    }
}
