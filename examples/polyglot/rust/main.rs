//! Says what a text is about.

use std::process::ExitCode;

wit_bindgen::generate!("report");

use example::polyglot::summary::summarize;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match summarize(&words.join(" ")) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
