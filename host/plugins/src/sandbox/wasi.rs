//! The WASI a plugin gets. Guests import more of it than they use, so all of
//! 0.2 is linked and almost all of it is inert: no environment, no arguments,
//! no sockets, no files but the guest directories.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::random::Deterministic;
use wasmtime_wasi::{FsPerms, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder};

use super::paths::{Mode, PathMap};

/// Where a plugin's own output goes, line by line.
pub(crate) type LineSink = Arc<dyn Fn(&str) + Send + Sync>;

/// Builds the context. With `frozen`, clocks stand at that many seconds since
/// 1970 and random numbers are the same every time.
pub(crate) fn context(
    paths: &PathMap,
    environment: &[(String, String)],
    frozen: Option<u64>,
    lines: &LineSink,
) -> wasmtime::Result<WasiCtx> {
    let mut builder = WasiCtxBuilder::new();
    builder
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .allow_blocking_current_thread(true)
        .envs(environment)
        .stdout(LineStream::new(lines))
        .stderr(LineStream::new(lines));
    for mount in paths.mounts() {
        let permissions = match mount.mode {
            Mode::Read => FsPerms::ReadOnly,
            Mode::Write => FsPerms::ReadWrite,
            Mode::NameOnly => continue,
        };
        builder.preopened_dir(&mount.host, &mount.guest, permissions)?;
    }
    if let Some(seconds) = frozen {
        builder
            .wall_clock(Frozen(seconds))
            .monotonic_clock(Frozen(seconds))
            .secure_random(Deterministic::new(SEED.to_vec()))
            .insecure_random(Deterministic::new(SEED.to_vec()))
            .insecure_random_seed(0);
    }
    Ok(builder.build())
}

/// Hash maps in a plugin are seeded from this: their order is the same in every
/// build. Nothing in a builder needs a secret.
const SEED: [u8; 16] = *b"run:plugin-seed\0";

struct Frozen(u64);

impl HostWallClock for Frozen {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl HostMonotonicClock for Frozen {
    fn resolution(&self) -> u64 {
        1_000_000_000
    }

    fn now(&self) -> u64 {
        0
    }
}

/// Hands whole lines to a sink.
#[derive(Clone)]
struct LineStream {
    sink: LineSink,
    pending: Arc<Mutex<Vec<u8>>>,
}

/// A line longer than this is handed on in pieces.
const LONGEST: usize = 64 * 1024;

impl LineStream {
    fn new(sink: &LineSink) -> Self {
        Self {
            sink: sink.clone(),
            pending: Arc::default(),
        }
    }

    fn take(&self, bytes: &[u8]) {
        let Ok(mut pending) = self.pending.lock() else {
            return;
        };
        for &byte in bytes {
            if byte != b'\n' {
                pending.push(byte);
            }
            if byte == b'\n' || pending.len() >= LONGEST {
                (self.sink)(String::from_utf8_lossy(&pending).trim_end());
                pending.clear();
            }
        }
    }
}

impl IsTerminal for LineStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LineStream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for LineStream {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
