//! The state behind one guest.

use std::sync::Arc;
use std::time::Instant;

use run_files::Digest;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::cli::stdin;
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::entropy::Entropy;
use super::http::HttpPolicy;
use super::limits::Growth;
use super::network::Policy;
use super::observed::Seen;
use super::permissions::NetRule;
use super::stdio::{Sink, Stdin};
use super::time::{VirtualTime, source_date_epoch};
use crate::interfaces::Buckets;
use crate::{Error, Furnish};

/// Everything the imports of one guest work on.
pub(crate) struct State {
    /// `None` where nothing is imported; nothing is in what is made then.
    wasi: Option<WasiCtx>,
    http: WasiHttpCtx,
    http_policy: HttpPolicy,
    /// Sorted.
    pub(crate) config: Vec<(String, String)>,
    pub(crate) buckets: Buckets,
    table: ResourceTable,
    pub(crate) growth: Growth,
    pub(crate) seen: Arc<Seen>,
    /// Stops the guest where it reads a stand-in.
    pub(super) strict: bool,
    /// `None` where the real clocks were allowed.
    pub(super) time: Option<VirtualTime>,
    /// `None` where the real thing was allowed.
    pub(super) entropy: Option<Entropy>,
    /// The fuel it started with.
    pub(super) fuel: u64,
    /// When its time is up.
    pub(super) until: Option<Instant>,
    pub(super) network: Vec<NetRule>,
    /// Whether it was given any directory.
    pub(crate) has_directories: bool,
    stdout: Sink,
    stderr: Sink,
}

/// What fixes the virtual entropy: the same component called with the same
/// arguments draws the same bytes.
#[derive(Clone, Copy)]
pub(crate) struct Seed(pub(crate) Digest);

impl State {
    /// # Errors
    /// A directory that cannot be opened.
    pub(crate) fn new(
        furnish: Furnish<'_>,
        seed: Option<Seed>,
        alone: bool,
    ) -> Result<Self, Error> {
        let Furnish {
            permissions,
            limits,
            stdio,
            argv: _,
        } = furnish;
        let seen = Arc::new(Seen::default());
        let stdout = Sink::stdout(&stdio.output, limits.output, &seen);
        let stderr = Sink::stderr(&stdio.output, limits.output, &seen);
        // A directory that is not there is told all the same.
        let wasi = match alone && permissions.directories.is_empty() {
            true => None,
            false => Some(wasi(furnish, &stdout, &stderr, &seen)?),
        };
        // Nothing draws from what has no seed.
        let seed = seed.map_or(Digest::from_bytes([0; 32]), |seed| seed.0);
        let growth = {
            let seen = seen.clone();
            let note = move |breach| seen.breach(breach);
            Growth::new(limits.memory, limits.table, limits.instances, note)
        };
        let mut config = permissions.config.clone();
        config.sort();
        Ok(Self {
            wasi,
            http: WasiHttpCtx::new(),
            http_policy: HttpPolicy {
                hosts: permissions.http.clone(),
                seen: seen.clone(),
            },
            config,
            buckets: Buckets::new(),
            table: ResourceTable::new(),
            growth,
            strict: permissions.strict,
            time: (!permissions.clock).then(|| VirtualTime::new(source_date_epoch())),
            entropy: (!permissions.random).then(|| Entropy::new(seed)),
            fuel: limits.fuel.unwrap_or(u64::MAX),
            until: limits.timeout.map(|timeout| Instant::now() + timeout),
            network: permissions.network.clone(),
            has_directories: !permissions.directories.is_empty(),
            seen,
            stdout,
            stderr,
        })
    }

    pub(super) fn wasi(&mut self) -> &mut WasiCtx {
        self.wasi
            .get_or_insert_with(|| WasiCtxBuilder::new().build())
    }

    pub(crate) fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    /// Captured stdout and stderr, as far as they were captured.
    pub(crate) fn output(&self) -> (Vec<u8>, Vec<u8>) {
        (self.stdout.captured(), self.stderr.captured())
    }

    /// A message from the guest, to its standard error.
    pub(crate) fn log_line(&self, line: &str) -> wasmtime::Result<()> {
        self.stderr.line(line)
    }
}

/// What the interfaces of WASI 0.2 work on.
fn wasi(
    furnish: Furnish<'_>,
    stdout: &Sink,
    stderr: &Sink,
    seen: &Arc<Seen>,
) -> Result<WasiCtx, Error> {
    let Furnish {
        permissions,
        limits,
        stdio,
        argv,
    } = furnish;
    let mut builder = WasiCtxBuilder::new();
    builder
        .args(argv)
        .envs(&permissions.environment)
        .stdout(stdout.clone())
        .stderr(stderr.clone())
        // A call that may be abandoned must not be stuck in a system call.
        .allow_blocking_current_thread(limits.timeout.is_none());
    match &stdio.stdin {
        Stdin::Inherit => builder.stdin(stdin()),
        Stdin::Bytes(bytes) => builder.stdin(MemoryInputPipe::new(bytes.clone())),
    };
    for directory in &permissions.directories {
        let access = if directory.writable {
            FsPerms::ReadWrite
        } else {
            FsPerms::ReadOnly
        };
        builder
            .preopened_dir(&directory.host, &directory.guest, access)
            .map_err(|error| Error::Directory {
                path: directory.host.display().to_string(),
                reason: error.root_cause().to_string(),
            })?;
    }
    let policy = Policy::new(&permissions.network, seen);
    builder
        // Sockets as such are nothing; each address is asked for.
        .allow_tcp(true)
        .allow_udp(true)
        .allow_ip_name_lookup(policy.looks_up())
        .socket_addr_check(move |address, usage| Box::pin(policy.clone().check(address, usage)));
    Ok(builder.build())
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: self
                .wasi
                .get_or_insert_with(|| WasiCtxBuilder::new().build()),
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.http_policy,
        }
    }
}
