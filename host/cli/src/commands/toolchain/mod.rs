//! `run v2 toolchain`.

mod check;
mod install;
mod list;
mod state;
mod survey;
mod sync;

use std::process::ExitCode;

use crate::args::{Toolchain, ToolchainCommand};
use crate::failure::Failure;
use crate::shell::Shell;

pub(crate) use list::as_json;
pub(crate) use state::{State, Status, statuses};
pub(crate) use survey::Survey;

pub(crate) fn run(args: &Toolchain, shell: &Shell) -> Result<ExitCode, Failure> {
    match &args.command {
        ToolchainCommand::Sync => sync::run(shell),
        ToolchainCommand::List => list::run(shell),
        ToolchainCommand::Check => check::run(shell),
        ToolchainCommand::Install(args) => install::run(args, shell),
    }
}
