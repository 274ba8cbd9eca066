//! x
fn main() {
    let args: Vec<_> = std::env::args().collect();
    #[cfg(target_family = "wasm")]
    for m in run_provider_transpile::t(&std::fs::read(&args[1]).unwrap()).unwrap() {
        std::fs::write(format!("{}/{}", args[2], m.name), m.bytes).unwrap();
    }
    let _ = args;
}
