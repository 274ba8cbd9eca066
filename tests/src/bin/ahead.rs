//! Compiles a component ahead of time, as deploying does: for measuring the
//! runner, and for trying it by hand.

#![allow(clippy::print_stderr)]

use std::path::Path;
use std::process::ExitCode;

use run_runtime::{Wasm, ahead};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [component, target, out] = arguments.as_slice() else {
        eprintln!("usage: ahead COMPONENT TARGET OUT");
        return ExitCode::from(2);
    };
    let compiled = Wasm::read(Path::new(component)).and_then(|wasm| ahead::compile(&wasm, target));
    let written = match compiled {
        Ok(code) => std::fs::write(out, code).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
