//! `run v2 deploy`.

mod edge;
mod error;
mod events;
pub(crate) mod help;
mod local;
mod manage;
mod profile;
mod session;
mod show;
mod targets;

use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

use crate::args::{Deploy, DeployCommand};
use crate::commands::build;
use crate::failure::{CommandError, Failure};
use crate::project;
use crate::shell::Shell;

use error::DeployCommandError;
use profile::{Kind, choose};

pub(crate) fn run(args: &Deploy, shell: &Shell) -> Result<ExitCode, Failure> {
    let project = project::load(shell)?;
    if let Some(DeployCommand::List) = args.command {
        manage::list(&project, args, shell)?;
        return Ok(ExitCode::SUCCESS);
    }
    let lock = project::lock(&project)?;
    let plugins = project::plugins(&project, lock.as_ref())?;
    let profile = choose(&project, &plugins, &args.to, shell)?;
    if let Some(command) = &args.command {
        let Kind::Edge { .. } = profile.kind else {
            return Err(DeployCommandError::NotRunning {
                profile: profile.name,
            }
            .into());
        };
        return manage::run(&project, &plugins, &profile, command, args, shell);
    }
    if matches!(profile.kind, Kind::Registry) {
        return Err(DeployCommandError::Registry.into());
    }
    if args.build {
        let request = build::Request {
            release: true,
            // It is not run here.
            no_precompile: true,
            ..build::Request::default()
        };
        build::build(&project, &request, shell)?;
    }
    match profile.kind {
        Kind::Local => local::run(&project, args, shell)?,
        _ => edge::run(&project, &plugins, &profile, args, shell)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether there is a person to ask.
fn somebody_is_there(shell: &Shell) -> bool {
    let ci = std::env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    !ci && !shell.json() && std::io::stdin().is_terminal()
}

/// Puts a question, and gives the answer without the spaces around it.
fn ask(question: &str) -> Result<String, Failure> {
    let mut stderr = std::io::stderr().lock();
    write!(stderr, "{question} ")
        .and_then(|()| stderr.flush())
        .ok();
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| CommandError::io("cannot read the answer", &error))?;
    Ok(answer.trim().to_owned())
}

/// Asks whether to go on. Without a person only `--yes` can say so.
fn confirmed(yes: bool, question: &str, shell: &Shell) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !somebody_is_there(shell) {
        return Err(DeployCommandError::Unconfirmed.into());
    }
    match ask(&format!("{question} [y/N]"))?.as_str() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(DeployCommandError::Declined.into()),
    }
}
