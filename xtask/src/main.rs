//! The chores of this repository: `cargo xtask <task>`.

// A chore's output is what it is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod cache;
mod conformance;
mod demo;
mod deny;
mod edge;
mod emulate;
mod fixtures;
mod fuzz;
mod package_variables;
mod provide;
mod reference;
mod release;
mod runner;
mod servers;
mod step;
mod suite;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <task>

  demo    provision what the main job needs and run it: examples/greeter is
          built by the sandboxed plugin, executed and tested
  test    provision and run the whole test suite
  conformance
          run the conformance suite and write docs/conformance.md
  fixtures
          make the components of tests/toolchains with their real toolchains,
          kept in the user's cache; prints where each is
  tools NAME…
          get the tools that the tests build with, by language, and the servers
          that they speak to (moto, registry, store), kept in the user's cache; prints
          the variables that make them be found
  npm     get the npm packages that the tests build with, kept in the user's
          cache; prints the directory that their node_modules is in
  edge    the same for the npm packages that run what is deployed
  viceroy the same for the engine of Fastly Compute, which is compiled for it
  record  run the commands that platforms have for deploying against a recorder,
          and keep what they send in tests/edge/recorded
  fuzz [TARGET…] [--seconds N]
          fuzz what reads files, components and arguments, N seconds each (60)
  deny    check licences, sources and duplicate versions of dependencies
  reference-tests DIR
          run the .wast files below DIR through the runtime; see docs/values.md
  runner [TARGET…]
          build the runner that is deployed with components, for each target,
          and keep it in the user's cache, where `run v2` finds it
  emulate [TARGET…]
          run the tests of the runner with the one for each target; what is not
          for this machine is emulated
  release build the command as it ships; prints where it is
  bench [ROW…]
          measure against the peers; see benches/README.md
";

fn main() -> ExitCode {
    if let Some(ended) = fuzz::compiler() {
        return ended;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.first().map(String::as_str) {
        Some("demo") => demo::run(),
        Some("test") => suite::run(),
        Some("conformance") => conformance::run(),
        Some("fixtures") => fixtures::run(),
        Some("tools") => provide::run(&args[1..]),
        Some("npm") => fixtures::npm(),
        Some("edge") => edge::packages(),
        Some("viceroy") => edge::viceroy(),
        Some("record") => edge::record(),
        Some("fuzz") => fuzz::run(&args[1..]),
        Some("deny") => deny::run(),
        Some("reference-tests") => reference::run(&args[1..]),
        Some("runner") => runner::run(&args[1..]),
        Some("emulate") => emulate::run(&args[1..]),
        Some("release") => release::run(),
        Some("bench") => bench::run(&args[1..]),
        Some("help" | "--help" | "-h") => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}
