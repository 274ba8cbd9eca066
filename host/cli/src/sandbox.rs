//! What a component is run with: its entry in `run.toml`, then the flags.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use run_project::{Capability, Component, Project};
use run_runtime::engine::{Metering, Nans, Options};
use run_runtime::sandbox::{Directory, HttpHosts, Limits, NetRule, Permissions};

use crate::failure::{CommandError, Failure};

/// The flags of every command that runs a component.
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
    strict: bool,

    /// Set a variable, or pass one on by its name (repeatable)
    #[arg(long = "env", value_name = "NAME[=VALUE]")]
    environment: Vec<String>,

    /// Give the component a directory (repeatable); :ro for reading only
    #[arg(long = "dir", value_name = "HOST[::GUEST][:ro]")]
    directories: Vec<String>,

    /// Let it connect to an address, or listen on a port (repeatable)
    #[arg(long = "allow-net", value_name = "HOST:PORT|listen:PORT")]
    network: Vec<String>,

    /// Let it send HTTP requests to a host, or with * to any (repeatable)
    #[arg(long = "allow-http", value_name = "HOST")]
    http: Vec<String>,

    /// What wasi:config tells it (repeatable)
    #[arg(long = "config", value_name = "NAME=VALUE")]
    config: Vec<String>,

    /// Memory it may use, e.g. 256MiB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    max_memory: Option<usize>,

    /// Table elements it may use
    #[arg(long, value_name = "NUMBER")]
    max_table: Option<usize>,

    /// Core instances it may consist of
    #[arg(long, value_name = "NUMBER")]
    max_instances: Option<usize>,

    /// Stack it may use, e.g. 4MiB
    #[arg(long, value_name = "SIZE", value_parser = stack)]
    max_stack: Option<usize>,

    /// What it may print to each of stdout and stderr, e.g. 10MiB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    max_output: Option<usize>,

    /// Units of computation it may use, about one an instruction
    #[arg(long, value_name = "NUMBER", conflicts_with = "no_fuel")]
    max_fuel: Option<u64>,

    /// How long it may run, e.g. 500ms or 5s
    #[arg(long, value_name = "TIME", value_parser = run_project::duration)]
    timeout: Option<Duration>,

    /// Do not count its instructions: faster, and its virtual clock moves only
    /// by being read
    #[arg(long)]
    no_fuel: bool,

    /// As fast as the engine can: --no-fuel, and NaNs with whatever bits this
    /// processor gives them (breaks determinism of what looks at those)
    #[arg(long, conflicts_with = "max_fuel")]
    fast: bool,
}

fn bytes(text: &str) -> Result<usize, run_project::ValueError> {
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

const MIN_STACK: usize = 64 << 10;
const MAX_STACK: usize = 1 << 30;

/// Everything a run is furnished with but its streams and its command line.
#[derive(Debug, Default)]
pub(crate) struct Furnishing {
    pub(crate) permissions: Permissions,
    pub(crate) limits: Limits,
    no_fuel: bool,
    fast: bool,
}

impl Furnishing {
    /// For a component of a project, or for a file that belongs to none.
    pub(crate) fn new(
        component: Option<(&Project, &Component)>,
        args: &SandboxArgs,
    ) -> Result<Self, Failure> {
        let mut furnishing = Self::default();
        if let Some((project, component)) = component {
            furnishing.declared(project, component);
        }
        furnishing.flags(args)?;
        Ok(furnishing)
    }

    /// The engine it asks for.
    pub(crate) fn engine(&self) -> Options {
        let metering = match (self.no_fuel, self.limits.timeout) {
            (false, _) => Metering::Fuel,
            (true, Some(_)) => Metering::Epochs,
            (true, None) => Metering::None,
        };
        Options {
            metering,
            nans: if self.fast {
                Nans::Native
            } else {
                Nans::Canonical
            },
            stack: self.limits.stack,
            ..Options::default()
        }
    }

    fn declared(&mut self, project: &Project, component: &Component) {
        for capability in &component.capabilities {
            self.capability(&capability.value, &project.root);
        }
        self.permissions.config.clone_from(&component.config);
        let declared = &component.limits;
        let limits = &mut self.limits;
        let size =
            |given: Option<u64>| given.map(|given| usize::try_from(given).unwrap_or(usize::MAX));
        set(&mut limits.memory, size(declared.memory));
        set(&mut limits.table, size(declared.table));
        set(&mut limits.instances, size(declared.instances));
        let stack = size(declared.stack).map(|stack| stack.clamp(MIN_STACK, MAX_STACK));
        set(&mut limits.stack, stack);
        limits.output = size(declared.output);
        limits.fuel = declared.fuel;
        limits.timeout = declared.timeout;
    }

    fn capability(&mut self, capability: &Capability, root: &Path) {
        let permissions = &mut self.permissions;
        match capability {
            Capability::Clock => permissions.clock = true,
            Capability::Random => permissions.random = true,
            Capability::Environment => permissions.environment = everything(),
            Capability::Variable(name) => {
                if let Ok(value) = std::env::var(name) {
                    permissions.environment.push((name.clone(), value));
                }
            }
            Capability::ReadFiles(path) => permissions.directories.push(shared(root, path, false)),
            Capability::WriteFiles(path) => permissions.directories.push(shared(root, path, true)),
            Capability::Connect { host, port } => permissions.network.push(NetRule::Connect {
                host: host.clone(),
                port: *port,
            }),
            Capability::Listen(port) => permissions.network.push(NetRule::Listen(*port)),
            Capability::HttpClient(host) => allow_http(&mut permissions.http, host.as_deref()),
            Capability::All => {
                permissions.clock = true;
                permissions.random = true;
                permissions.environment = everything();
                permissions.network.push(NetRule::All);
                permissions.http = HttpHosts::All;
                permissions.directories.push(shared(root, ".", true));
            }
            // Streams are passed through anyway, and a server is asked for by
            // the command that serves.
            Capability::Stdin
            | Capability::Stdout
            | Capability::Stderr
            | Capability::HttpServer => {}
        }
    }

    fn flags(&mut self, args: &SandboxArgs) -> Result<(), Failure> {
        let permissions = &mut self.permissions;
        permissions.clock |= args.allow_clock;
        permissions.random |= args.allow_random;
        permissions.strict = args.strict;
        for given in &args.environment {
            let variable = variable(given)?;
            permissions
                .environment
                .retain(|(name, _)| *name != variable.0);
            permissions.environment.push(variable);
        }
        for given in &args.directories {
            permissions.directories.push(directory(given)?);
        }
        for given in &args.network {
            permissions.network.push(net_rule(given)?);
        }
        for given in &args.http {
            let host = (given != "*").then_some(given.as_str());
            allow_http(&mut permissions.http, host);
        }
        for given in &args.config {
            let (name, value) = given
                .split_once('=')
                .ok_or_else(|| wrong("--config", given, "write NAME=VALUE"))?;
            permissions.config.retain(|(known, _)| known != name);
            permissions.config.push((name.to_owned(), value.to_owned()));
        }
        let limits = &mut self.limits;
        set(&mut limits.memory, args.max_memory);
        set(&mut limits.table, args.max_table);
        set(&mut limits.instances, args.max_instances);
        set(&mut limits.stack, args.max_stack);
        limits.output = args.max_output.or(limits.output);
        limits.fuel = args.max_fuel.or(limits.fuel);
        limits.timeout = args.timeout.or(limits.timeout);
        self.no_fuel = args.no_fuel || args.fast;
        self.fast = args.fast;
        if self.no_fuel {
            limits.fuel = None;
        }
        Ok(())
    }
}

fn set<T>(value: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *value = given;
    }
}

fn everything() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// A path of a capability: below the project unless it is absolute, and seen by
/// the component as it is written.
fn shared(root: &Path, path: &str, writable: bool) -> Directory {
    Directory {
        host: root.join(path),
        guest: path.to_owned(),
        writable,
    }
}

fn allow_http(hosts: &mut HttpHosts, host: Option<&str>) {
    match (host, &mut *hosts) {
        (None, _) => *hosts = HttpHosts::All,
        (Some(_), HttpHosts::All) => {}
        (Some(host), HttpHosts::Some(hosts)) => hosts.push(host.to_owned()),
        (Some(host), HttpHosts::None) => *hosts = HttpHosts::Some(vec![host.to_owned()]),
    }
}

fn variable(given: &str) -> Result<(String, String), Failure> {
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

fn directory(given: &str) -> Result<Directory, Failure> {
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
fn net_rule(given: &str) -> Result<NetRule, Failure> {
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

fn wrong(flag: &str, given: &str, help: &str) -> Failure {
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
