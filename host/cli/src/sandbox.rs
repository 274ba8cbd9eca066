//! What a component is run with: its entry in `run.toml`, then the flags.

use std::path::Path;

use run_project::{Capability, Component, Project};
use run_runtime::engine::{Metering, Nans, Options};
use run_runtime::sandbox::{Directory, HttpHosts, Limits, NetRule, Permissions};

use crate::failure::Failure;
use crate::sandbox_args::{
    LimitArgs, MAX_STACK, MIN_STACK, ReachArgs, SandboxArgs, directory, net_rule, variable, wrong,
};

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

    /// For answering requests: what one of them may use is less, so that many
    /// fit side by side.
    pub(crate) fn serving(
        component: Option<(&Project, &Component)>,
        reach: &ReachArgs,
        limits: &LimitArgs,
    ) -> Result<Self, Failure> {
        let mut furnishing = Self {
            limits: Limits::serving(),
            ..Self::default()
        };
        if let Some((project, component)) = component {
            furnishing.declared(project, component);
        }
        furnishing.reach(reach)?;
        furnishing.limit(limits);
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
        limits.timeout = declared.timeout.or(limits.timeout);
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
        self.reach(&args.reach)?;
        self.limit(&args.limits);
        let permissions = &mut self.permissions;
        permissions.clock |= args.allow_clock;
        permissions.random |= args.allow_random;
        permissions.strict = args.strict;
        self.no_fuel = args.no_fuel || args.fast;
        self.fast = args.fast;
        if self.no_fuel {
            self.limits.fuel = None;
        }
        Ok(())
    }

    fn reach(&mut self, args: &ReachArgs) -> Result<(), Failure> {
        let permissions = &mut self.permissions;
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
        Ok(())
    }

    fn limit(&mut self, args: &LimitArgs) {
        let limits = &mut self.limits;
        set(&mut limits.memory, args.max_memory);
        set(&mut limits.table, args.max_table);
        set(&mut limits.instances, args.max_instances);
        set(&mut limits.stack, args.max_stack);
        limits.output = args.max_output.or(limits.output);
        limits.fuel = args.max_fuel.or(limits.fuel);
        limits.timeout = args.timeout.or(limits.timeout);
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
