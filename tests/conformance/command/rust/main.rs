use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (code, words) = arguments.split_first().expect("a code");
    println!("{}", words.join("|"));
    println!("{} lines", std::io::stdin().lines().count());
    ExitCode::from(code.parse::<u8>().expect("a number"))
}
