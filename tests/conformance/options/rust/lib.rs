wit_bindgen::generate!();

use exports::conformance::options::options::Guest;

struct Case;

export!(Case);

impl Guest for Case {
    fn increment(x: Option<u32>) -> Option<u32> {
        x.map(|x| x + 1)
    }

    fn first(words: Vec<String>) -> Option<String> {
        words.into_iter().next()
    }

    fn describe(x: Option<Option<u32>>) -> String {
        match x {
            None => "none".to_owned(),
            Some(None) => "some none".to_owned(),
            Some(Some(x)) => format!("some some {x}"),
        }
    }

    fn wrap(depth: u32) -> Option<Option<u32>> {
        match depth {
            0 => None,
            1 => Some(None),
            _ => Some(Some(depth)),
        }
    }
}
