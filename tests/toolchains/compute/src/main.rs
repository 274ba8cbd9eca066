//! Work for a processor and nothing else: `compute hash MEBIBYTES` or
//! `compute bodies STEPS`. What it prints depends on all of it.

mod bodies;
mod hash;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, amount] = words.as_slice() else {
        panic!("usage: compute hash MEBIBYTES | compute bodies STEPS");
    };
    let amount: u32 = amount.parse().expect("a number");
    match what.as_str() {
        "hash" => println!("{:08x?}", hash::of_counting_bytes(u64::from(amount) << 20)),
        "bodies" => println!("{:.9}", bodies::energy_after(amount)),
        other => panic!("there is no `{other}`"),
    }
}
