//! Tells the crate what it is built for, which only build scripts know.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=RUN_TARGET={target}");
    println!("cargo::rerun-if-changed=build.rs");
}
