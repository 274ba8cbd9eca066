//! The `run` command.

mod access_log;
mod address;
mod args;
mod build_cache;
mod build_events;
mod commands;
mod composition;
mod diagnostics;
mod explain;
mod failure;
mod interrupt;
mod json;
mod lazy;
mod progress;
mod project;
mod sandbox;
mod sandbox_args;
mod serve_events;
mod shell;
mod timestamp;
mod trust;
mod usage;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, Generation};
use shell::Shell;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::report(error),
    };
    let Generation::V2(v2) = cli.generation;
    let shell = Shell::new(v2.color, v2.verbose, v2.quiet, v2.json);
    let result = match v2.command {
        Command::Init(args) => commands::init::run(&args, &shell),
        Command::Build(args) => commands::build::run(&args, &shell),
        Command::Cache(args) => commands::cache::run(&args, &shell),
        Command::Exec(args) => commands::exec::run(&args, &shell),
        Command::Serve(args) => commands::serve::run(*args.into_inner(), &shell),
        Command::Test(args) => commands::test::run(&args, &shell),
        Command::Info(args) => commands::info::run(&args, &shell),
        Command::Deploy(args) => commands::deploy::run(&args, &shell),
        Command::Clean(args) => commands::clean::run(&args, &shell),
        Command::Plugin(args) => commands::plugin::run(&args, &shell),
        Command::Toolchain(args) => commands::toolchain::run(&args, &shell),
        Command::Doctor => commands::doctor::run(&shell),
    };
    match result {
        Ok(code) => code,
        Err(failure) => failure.report(&shell),
    }
}
