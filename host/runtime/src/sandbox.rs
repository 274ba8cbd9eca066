//! What a component may reach, and the stand-ins it gets for the rest.
//!
//! By default nothing real: no files, no environment, no network. Clocks and
//! entropy are read by most language runtimes as they start, so denying them
//! would deny the language; they get virtual ones that are the same on every
//! run, and [`Observed`] tells whether they were used.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng as _, SeedableRng, TryRng};
use run_files::Digest;
use wasmtime::component::ResourceTable;
use wasmtime::{StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{
    HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView,
};

/// What the user allowed a component beyond computing.
#[derive(Debug, Clone, Default)]
pub struct Permissions {
    /// The real wall and monotonic clocks.
    pub clock: bool,
    /// The operating system's entropy.
    pub random: bool,
    /// Environment variables, name and value.
    pub environment: Vec<(String, String)>,
}

/// Bounds on what one call may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of linear memory of one instance.
    pub memory: usize,
    /// Bytes of each of stdout and stderr that are kept when they are captured.
    pub output: usize,
    /// How long a call may take, by the clock on the wall.
    pub timeout: Option<Duration>,
}

impl Default for Limits {
    /// 4 GiB of memory, all that 32-bit WebAssembly can address; 64 MiB of
    /// captured output; no deadline.
    fn default() -> Self {
        Self {
            memory: 4 << 30,
            output: 64 << 20,
            timeout: None,
        }
    }
}

/// Where a component's standard streams go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stdio {
    /// Straight to this process's own.
    Inherit,
    /// Into memory.
    Capture {
        /// What the guest can read.
        stdin: Vec<u8>,
    },
}

impl Stdio {
    /// Into memory, with nothing on stdin.
    #[must_use]
    pub const fn capture() -> Self {
        Self::Capture { stdin: Vec::new() }
    }
}

/// Which virtual stand-ins the guest read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observed {
    /// It read a clock that was virtual.
    pub clock: bool,
    /// It read random bytes that were seeded.
    pub random: bool,
}

/// The state behind one instance.
pub(crate) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    pub(crate) limits: StoreLimits,
    seen: Arc<Seen>,
    output: Option<(MemoryOutputPipe, MemoryOutputPipe)>,
}

#[derive(Default)]
struct Seen {
    clock: AtomicBool,
    random: AtomicBool,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl State {
    /// `seed` fixes the virtual entropy: the same component called with the
    /// same arguments draws the same bytes.
    pub(crate) fn new(
        permissions: &Permissions,
        limits: &Limits,
        stdio: Stdio,
        arguments: &[String],
        seed: Digest,
    ) -> Self {
        let seen = Arc::new(Seen::default());
        let mut builder = WasiCtxBuilder::new();
        builder
            .args(arguments)
            .envs(&permissions.environment)
            .allow_blocking_current_thread(true);
        if !permissions.clock {
            let ticks = Arc::new(AtomicU64::new(0));
            let clock = || VirtualClock {
                seen: seen.clone(),
                nanoseconds: ticks.clone(),
                epoch: source_date_epoch(),
            };
            builder.wall_clock(clock()).monotonic_clock(clock());
        }
        if !permissions.random {
            let random = |purpose: &[u8]| SeededRandom {
                seen: seen.clone(),
                generator: ChaCha12Rng::from_seed(
                    *Digest::of_fields([seed.as_bytes().as_slice(), purpose]).as_bytes(),
                ),
            };
            builder
                .secure_random(random(b"secure"))
                .insecure_random(random(b"insecure"))
                .insecure_random_seed(u128::from(random(b"seed").generator.next_u64()));
        }
        let output = match stdio {
            Stdio::Inherit => {
                builder.inherit_stdio();
                None
            }
            Stdio::Capture { stdin } => {
                let stdout = MemoryOutputPipe::new(limits.output);
                let stderr = MemoryOutputPipe::new(limits.output);
                builder
                    .stdin(MemoryInputPipe::new(stdin))
                    .stdout(stdout.clone())
                    .stderr(stderr.clone());
                Some((stdout, stderr))
            }
        };
        Self {
            wasi: builder.build(),
            table: ResourceTable::new(),
            limits: StoreLimitsBuilder::new()
                .memory_size(limits.memory)
                .trap_on_grow_failure(false)
                .build(),
            seen,
            output,
        }
    }

    pub(crate) fn observed(&self) -> Observed {
        Observed {
            clock: self.seen.clock.load(Ordering::Relaxed),
            random: self.seen.random.load(Ordering::Relaxed),
        }
    }

    /// Captured stdout and stderr, as far as they were captured.
    pub(crate) fn output(&self) -> (Vec<u8>, Vec<u8>) {
        match &self.output {
            Some((stdout, stderr)) => (stdout.contents().to_vec(), stderr.contents().to_vec()),
            None => (Vec::new(), Vec::new()),
        }
    }
}

/// `SOURCE_DATE_EPOCH` (reproducible-builds.org), else 0.
#[must_use]
pub fn source_date_epoch() -> u64 {
    std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

/// Starts at the epoch and moves one microsecond each time it is read, so that
/// time differs from call to call and a loop that waits for it ends.
struct VirtualClock {
    seen: Arc<Seen>,
    nanoseconds: Arc<AtomicU64>,
    epoch: u64,
}

impl VirtualClock {
    fn tick(&self) -> u64 {
        self.seen.clock.store(true, Ordering::Relaxed);
        self.nanoseconds.fetch_add(1_000, Ordering::Relaxed)
    }
}

impl HostWallClock for VirtualClock {
    fn resolution(&self) -> Duration {
        Duration::from_micros(1)
    }

    fn now(&self) -> Duration {
        Duration::from_secs(self.epoch) + Duration::from_nanos(self.tick())
    }
}

impl HostMonotonicClock for VirtualClock {
    fn resolution(&self) -> u64 {
        1_000
    }

    fn now(&self) -> u64 {
        self.tick()
    }
}

struct SeededRandom {
    seen: Arc<Seen>,
    generator: ChaCha12Rng,
}

impl TryRng for SeededRandom {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.seen.random.store(true, Ordering::Relaxed);
        self.generator.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.seen.random.store(true, Ordering::Relaxed);
        self.generator.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.seen.random.store(true, Ordering::Relaxed);
        self.generator.try_fill_bytes(bytes)
    }
}
