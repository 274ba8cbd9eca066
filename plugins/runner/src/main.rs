//! The runner: serves one component that was compiled before.
//!
//! It is what `run v2 deploy` puts beside a component where there is no `run`:
//! the same runtime and sandbox without a compiler, as one static file. It reads
//! `app.json`, which lies beside the component and says what that may reach, and
//! then either listens, or answers for a function platform that started it: its
//! events (see [`functions`]), or the requests it passes on (see [`vercel`]).

mod app;
mod base64;
mod events;
mod functions;
mod invoke;
mod listen;
mod log;
mod vercel;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: run-runner [--listen ADDRESS:PORT] [--metrics ADDRESS:PORT] [DIRECTORY]

Serves the component that DIRECTORY/app.json names; the directory is the one
this program is in unless it is given. Without --listen it listens on port $PORT
of every address, or else on 127.0.0.1:8080.
";

/// What was asked for on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
struct Arguments {
    listen: Option<String>,
    metrics: Option<String>,
    directory: Option<PathBuf>,
}

fn main() -> ExitCode {
    // Set by the platform for the programs that it starts.
    let socket = std::env::var_os("VERCEL_IPC_PATH").map(PathBuf::from);
    let events = std::env::var("AWS_LAMBDA_RUNTIME_API").ok();
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            log::line(&format!("{wrong}\n{USAGE}"));
            return ExitCode::from(2);
        }
    };
    let outcome = match (socket, events) {
        // Functions of Vercel run within some of Amazon's, so it goes first.
        (Some(socket), _) => vercel::run(&socket, arguments.directory),
        (None, Some(address)) => functions::run(&address, arguments.directory),
        (None, None) => listen::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            log::line(&format!("error: {reason}"));
            ExitCode::FAILURE
        }
    }
}

fn arguments(given: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut given = given.peekable();
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or(format!("`{argument}` needs an address"));
        match argument.as_str() {
            "--listen" => arguments.listen = Some(value()?),
            "--metrics" => arguments.metrics = Some(value()?),
            flag if flag.starts_with('-') => return Err(format!("there is no `{flag}`")),
            _ if arguments.directory.is_some() => {
                return Err(format!(
                    "there is one directory, and `{argument}` is a second"
                ));
            }
            _ => arguments.directory = Some(argument.into()),
        }
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_understood_or_refused() {
        let parse = |text: &str| arguments(text.split_whitespace().map(str::to_owned));
        assert_eq!(parse("").unwrap(), Arguments::default());
        let full = parse("--listen 1.2.3.4:5 dir --metrics :9").unwrap();
        assert_eq!(full.listen.as_deref(), Some("1.2.3.4:5"));
        assert_eq!(full.metrics.as_deref(), Some(":9"));
        assert_eq!(full.directory, Some("dir".into()));
        for wrong in ["--listen", "--port 1", "a b"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
