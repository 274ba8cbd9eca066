wit_bindgen::generate!();

use exports::conformance::results::results::{Guest, Mistake};

struct Case;

export!(Case);

impl Guest for Case {
    fn parse(text: String) -> Result<u32, String> {
        text.parse().map_err(|_| format!("not a number: {text}"))
    }

    fn check(x: u32) -> Result<(), Mistake> {
        match x {
            0 => Err(Mistake::Empty),
            1..=100 => Ok(()),
            _ => Err(Mistake::TooLarge),
        }
    }

    fn half(x: u32) -> Result<u32, ()> {
        if x % 2 == 0 { Ok(x / 2) } else { Err(()) }
    }

    fn even(x: u32) -> Result<(), ()> {
        Self::half(x).map(drop)
    }
}
