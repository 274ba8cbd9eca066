//! `hello CODE WORD…`: see ../../README.md.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (code, words) = words.split_first().expect("an exit code");
    println!("Hello, {}, from Rust!", words.join(" "));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).expect("stdin");
    println!("stdin: {}", line.trim_end());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    println!("clock: {}", now.as_millis());
    // The standard library's only use of random numbers.
    println!("random: {}", RandomState::new().hash_one(0));
    std::process::exit(code.parse().expect("a number"));
}
