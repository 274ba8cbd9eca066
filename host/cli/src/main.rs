//! The `run` command.

mod args;
mod commands;
mod composition;
mod diagnostics;
mod failure;
mod interrupt;
mod progress;
mod project;
mod sandbox;
mod shell;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, Generation};
use shell::Shell;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return failure::usage(error),
    };
    let Generation::V2(v2) = cli.generation;
    let shell = Shell::new(v2.color, v2.verbose, v2.quiet);
    let json = v2.command.wants_json();
    let result = match v2.command {
        Command::Init(args) => commands::init::run(&args, &shell),
        Command::Build(args) => commands::build::run(&args, &shell),
        Command::Exec(args) => commands::exec::run(&args, &shell),
        Command::Test(args) => commands::test::run(&args, &shell),
        Command::Info(args) => commands::info::run(&args, &shell),
        Command::Clean(args) => commands::clean::run(&args, &shell),
        Command::Plugin(args) => commands::plugin::run(&args, &shell),
    };
    match result {
        Ok(code) => code,
        Err(failure) => failure.report(&shell, json),
    }
}
