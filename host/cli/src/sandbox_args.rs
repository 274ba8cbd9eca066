//! The flags of commands that run components.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use run_project::Capability;
use run_runtime::sandbox::{Directory, NetRule};

use crate::failure::{CommandError, Failure};

/// The flags of commands that run a component and make it the same each time.
#[derive(Debug, Default, Args)]
pub(crate) struct SandboxArgs {
    /// Give the component the real clock (breaks determinism)
    #[arg(long)]
    pub(crate) allow_clock: bool,

    /// Give the component real random numbers (breaks determinism)
    #[arg(long)]
    pub(crate) allow_random: bool,

    /// Stop the component where it reads a clock or random numbers it was not given
    #[arg(long)]
    pub(crate) strict: bool,

    #[command(flatten)]
    pub(crate) reach: ReachArgs,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,

    /// Do not count its instructions: faster, and its virtual clock moves only
    /// by being read
    #[arg(long, conflicts_with = "max_fuel")]
    pub(crate) no_fuel: bool,

    /// As fast as the engine can: --no-fuel, and NaNs with whatever bits this
    /// processor gives them (breaks determinism of what looks at those)
    #[arg(long, conflicts_with = "max_fuel")]
    pub(crate) fast: bool,
}

/// What a component may reach.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ReachArgs {
    /// Set a variable, or pass one on by its name (repeatable)
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    pub(crate) environment: Vec<String>,

    /// Give the component a directory (repeatable); :ro for reading only
    #[arg(long = "dir", value_name = "HOST[::GUEST][:ro]")]
    pub(crate) directories: Vec<String>,

    /// Let it connect to an address, or listen on a port (repeatable)
    #[arg(long = "allow-net", value_name = "HOST:PORT|listen:PORT")]
    pub(crate) network: Vec<String>,

    /// Let it send HTTP requests to a host, or with * to any (repeatable)
    #[arg(long = "allow-http", value_name = "HOST")]
    pub(crate) http: Vec<String>,

    /// What wasi:config tells it (repeatable)
    #[arg(long = "config", value_name = "NAME=VALUE")]
    pub(crate) config: Vec<String>,
}

/// What it may use.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LimitArgs {
    /// Memory it may use, e.g. 256MiB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) max_memory: Option<usize>,

    /// Table elements it may use
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_table: Option<usize>,

    /// Core instances it may consist of
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_instances: Option<usize>,

    /// Stack it may use, e.g. 4MiB
    #[arg(long, value_name = "SIZE", value_parser = stack)]
    pub(crate) max_stack: Option<usize>,

    /// What it may print to each of stdout and stderr, e.g. 10MiB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) max_output: Option<usize>,

    /// Units of computation it may use, about one an instruction
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_fuel: Option<u64>,

    /// How long it may run, e.g. 500ms or 5s
    #[arg(long, value_name = "TIME", value_parser = run_project::duration)]
    pub(crate) timeout: Option<Duration>,
}

pub(crate) fn bytes(text: &str) -> Result<usize, run_project::ValueError> {
    // Where a number of bytes does not fit, nothing can exceed it.
    run_project::size(text).map(|size| usize::try_from(size).unwrap_or(usize::MAX))
}

fn stack(text: &str) -> Result<usize, String> {
    let size = bytes(text).map_err(|error| error.to_string())?;
    if (MIN_STACK..=MAX_STACK).contains(&size) {
        Ok(size)
    } else {
        Err("a stack has from 64KiB to 1GiB".to_owned())
    }
}

pub(crate) const MIN_STACK: usize = 64 << 10;
pub(crate) const MAX_STACK: usize = 1 << 30;

pub(crate) fn variable(given: &str) -> Result<(String, String), Failure> {
    let (name, value) = match given.split_once('=') {
        Some((name, value)) => (name, value.to_owned()),
        None => match std::env::var(given) {
            Ok(value) => (given, value),
            Err(_) => {
                return Err(wrong(
                    "--env",
                    given,
                    "it is not set here; write NAME=VALUE to set it",
                ));
            }
        },
    };
    if name.is_empty() || value.contains('\0') || name.contains('\0') {
        return Err(wrong("--env", given, "write NAME=VALUE"));
    }
    Ok((name.to_owned(), value))
}

pub(crate) fn directory(given: &str) -> Result<Directory, Failure> {
    let (paths, writable) = match given.strip_suffix(":ro") {
        Some(paths) => (paths, false),
        None => (given, true),
    };
    let (host, guest) = paths.split_once("::").unwrap_or((paths, paths));
    if host.is_empty() || guest.is_empty() {
        return Err(wrong(
            "--dir",
            given,
            "write HOST, HOST::GUEST or HOST::GUEST:ro",
        ));
    }
    Ok(Directory {
        host: PathBuf::from(host),
        guest: guest.to_owned(),
        writable,
    })
}

/// As the capability of the same kind is written.
pub(crate) fn net_rule(given: &str) -> Result<NetRule, Failure> {
    let parse = |text: String| text.parse::<Capability>().ok();
    let capability = parse(format!("net:{given}"))
        .filter(|capability| matches!(capability, Capability::Listen(_)))
        .or_else(|| parse(format!("net:connect:{given}")));
    match capability {
        Some(Capability::Listen(port)) => Ok(NetRule::Listen(port)),
        Some(Capability::Connect { host, port }) => Ok(NetRule::Connect { host, port }),
        _ => Err(wrong(
            "--allow-net",
            given,
            "write HOST:PORT or listen:PORT",
        )),
    }
}

pub(crate) fn wrong(flag: &str, given: &str, help: &str) -> Failure {
    CommandError::new(format!("`{flag} {given}` is not understood"), help).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_and_addresses_as_they_are_typed() {
        let seen = |host: &str, guest: &str, writable| Directory {
            host: host.into(),
            guest: guest.to_owned(),
            writable,
        };
        for (text, expected) in [
            (".", seen(".", ".", true)),
            ("data:ro", seen("data", "data", false)),
            ("/srv::/data", seen("/srv", "/data", true)),
            ("/srv::/data:ro", seen("/srv", "/data", false)),
        ] {
            assert_eq!(directory(text).unwrap(), expected);
        }
        assert!(directory("::/data").is_err() && directory(":ro").is_err());
        assert_eq!(net_rule("listen:80").unwrap(), NetRule::Listen(80));
        let connect = |host: &str, port| NetRule::Connect {
            host: host.to_owned(),
            port,
        };
        assert_eq!(net_rule("db.test:5432").unwrap(), connect("db.test", 5432));
        assert_eq!(net_rule("[::1]:80").unwrap(), connect("::1", 80));
        for bad in ["db.test", "80", "db.test:0", ":80", "a b:80"] {
            assert!(net_rule(bad).is_err(), "{bad}");
        }
    }
}
