wit_bindgen::generate!();

use exports::conformance::lists::lists::Guest;

struct Case;

export!(Case);

impl Guest for Case {
    fn sum(numbers: Vec<i32>) -> i64 {
        numbers.into_iter().map(i64::from).sum()
    }

    fn reverse(mut words: Vec<String>) -> Vec<String> {
        words.reverse();
        words
    }

    fn invert(bytes: Vec<u8>) -> Vec<u8> {
        bytes.into_iter().map(|byte| !byte).collect()
    }

    fn lengths(lists: Vec<Vec<u8>>) -> Vec<u32> {
        lists.iter().map(|list| list.len() as u32).collect()
    }

    fn swap((text, number): (String, u32)) -> (u32, String) {
        (number, text)
    }
}
