//! The two engines: one for the user's components, one for plugins.

#[cfg(feature = "compiler")]
use std::hash::{Hash, Hasher};

#[cfg(feature = "compiler")]
use run_files::Digest;
#[cfg(feature = "compiler")]
use sha2::{Digest as _, Sha256};
#[cfg(feature = "compiler")]
use wasmtime::RegallocAlgorithm;
use wasmtime::{Config, PoolingAllocationConfig, WasmBacktraceDetails};

use crate::sandbox::Limits;

/// A configured wasmtime engine with the part of an artifact's cache key that
/// depends on it.
#[derive(Clone)]
pub struct Engine {
    inner: wasmtime::Engine,
    name: &'static str,
    #[cfg(feature = "compiler")]
    compatibility: Digest,
    metering: Metering,
    nans: Nans,
    stack: usize,
}

/// How a component's code is watched while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Metering {
    /// Counted: fuel is the one measure that is the same everywhere. Its clock
    /// moves with it, and it can be limited.
    #[default]
    Fuel,
    /// Interruptible and not counted.
    Epochs,
    /// Neither, as fast as it can be.
    None,
}

/// What a NaN's bits are that arithmetic makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nans {
    /// One pattern wherever they can be seen, see [`crate::nan`].
    #[default]
    Canonical,
    /// One pattern after each operation, by the engine: slow, and what tests
    /// compare with.
    CanonicalByEngine,
    /// Whatever this processor makes.
    Native,
}

/// How the engine for the user's components is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How code is watched.
    pub metering: Metering,
    /// What bits a NaN has.
    pub nans: Nans,
    /// Bytes of stack that code may use.
    pub stack: usize,
    /// Use only what every processor of this architecture has, instead of all
    /// that this one has. The results are the same; tests prove it with this.
    pub baseline: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            metering: Metering::default(),
            nans: Nans::default(),
            stack: Limits::default().stack,
            baseline: false,
        }
    }
}

impl Engine {
    /// For the user's components: deterministic wherever WebAssembly leaves a
    /// choice (NaN bits, relaxed SIMD), no shared memory.
    ///
    /// # Errors
    /// The host's processor or operating system cannot run compiled code.
    pub fn application(options: &Options) -> Result<Self, crate::Error> {
        let mut config = base();
        config
            .consume_fuel(options.metering == Metering::Fuel)
            .epoch_interruption(options.metering == Metering::Epochs)
            .max_wasm_stack(options.stack)
            .async_stack_size(options.stack + (1 << 20))
            .wasm_backtrace_details(WasmBacktraceDetails::Enable)
            .relaxed_simd_deterministic(true);
        #[cfg(feature = "compiler")]
        config.cranelift_nan_canonicalization(options.nans == Nans::CanonicalByEngine);
        if options.baseline {
            let target = TARGET;
            config.target(target).map_err(crate::Error::engine)?;
        }
        let mut engine = Self::new("application", &config, options.metering, options.stack)?;
        engine.nans = options.nans;
        Ok(engine)
    }

    /// For components that answer requests: as for applications, in memory that
    /// is set aside for `at_once` of them beforehand, so that an instance costs
    /// next to nothing. Without a number, or where the system will not set that
    /// much aside, it is taken as it is needed.
    ///
    /// `limits` are those of one request.
    ///
    /// # Errors
    /// As [`Engine::application`].
    pub fn server(
        metering: Metering,
        limits: &Limits,
        at_once: Option<u32>,
    ) -> Result<Self, crate::Error> {
        let config = || {
            let mut config = server_config(metering, limits);
            config.wasm_backtrace_details(WasmBacktraceDetails::Enable);
            config
        };
        Self::served(&config, metering, limits, at_once)
    }

    /// For components that answer requests and were compiled before, by
    /// `ahead`.
    ///
    /// # Errors
    /// As [`Engine::application`].
    pub fn precompiled(limits: &Limits, at_once: Option<u32>) -> Result<Self, crate::Error> {
        let config = || server_config(Metering::Epochs, limits);
        Self::served(&config, Metering::Epochs, limits, at_once)
    }

    fn served(
        config: &dyn Fn() -> Config,
        metering: Metering,
        limits: &Limits,
        at_once: Option<u32>,
    ) -> Result<Self, crate::Error> {
        let make = |config: &Config| Self::new("server", config, metering, limits.stack);
        let pooled = at_once.and_then(|at_once| {
            let mut config = config();
            config.allocation_strategy(pool(limits, at_once));
            make(&config).ok()
        });
        let mut engine = match pooled {
            Some(engine) => engine,
            None => make(&config())?,
        };
        engine.nans = Nans::Canonical;
        Ok(engine)
    }

    /// For plugins: small, interruptible, called asynchronously so that a call
    /// can be abandoned while it waits for the host.
    ///
    /// # Errors
    /// As [`Engine::application`].
    #[cfg(feature = "compiler")]
    pub fn plugin() -> Result<Self, crate::Error> {
        const STACK: usize = 1 << 20;
        let mut config = base();
        config
            .epoch_interruption(true)
            .max_wasm_stack(STACK)
            .async_stack_size(2 * STACK)
            // Plugins are read once and run briefly; what they compile to is
            // kept, so a slower compiler is paid for once a version.
            .cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking);
        Self::new("plugin", &config, Metering::Epochs, STACK)
    }

    /// For components that are initialised at build time: interruptible as
    /// plugins are, and deterministic as applications are, because what they
    /// leave in their memory becomes part of a component.
    ///
    /// # Errors
    /// As [`Engine::application`].
    #[cfg(feature = "compiler")]
    pub fn initializer() -> Result<Self, crate::Error> {
        const STACK: usize = 1 << 20;
        let mut config = base();
        config
            .epoch_interruption(true)
            .max_wasm_stack(STACK)
            .async_stack_size(2 * STACK)
            .cranelift_nan_canonicalization(true)
            .relaxed_simd_deterministic(true);
        Self::new("initializer", &config, Metering::Epochs, STACK)
    }

    fn new(
        name: &'static str,
        config: &Config,
        metering: Metering,
        stack: usize,
    ) -> Result<Self, crate::Error> {
        let inner = wasmtime::Engine::new(config).map_err(crate::Error::engine)?;
        Ok(Self {
            #[cfg(feature = "compiler")]
            compatibility: compatibility(&inner),
            inner,
            name,
            metering,
            nans: Nans::Native,
            stack,
        })
    }

    /// The wasmtime engine.
    #[must_use]
    pub fn wasmtime(&self) -> &wasmtime::Engine {
        &self.inner
    }

    /// The name under which this engine's artifacts are kept apart.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// A digest of everything that decides whether compiled code of one engine
    /// can be run by another: versions, settings, processor features.
    #[cfg(feature = "compiler")]
    #[must_use]
    pub fn compatibility(&self) -> Digest {
        self.compatibility
    }

    pub(crate) fn metering(&self) -> Metering {
        self.metering
    }

    #[cfg(feature = "compiler")]
    pub(crate) fn nans(&self) -> Nans {
        self.nans
    }

    pub(crate) fn stack(&self) -> usize {
        self.stack
    }
}

/// What the code of a server's components depends on, wherever it is compiled.
pub(crate) fn server_config(metering: Metering, limits: &Limits) -> Config {
    let mut config = base();
    config
        .consume_fuel(metering == Metering::Fuel)
        .epoch_interruption(metering == Metering::Epochs)
        .max_wasm_stack(limits.stack)
        .async_stack_size(limits.stack + (1 << 20))
        // Lines of sources take much room; who wants them asks for them.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .relaxed_simd_deterministic(true);
    config
}

/// What is set aside for requests that are answered at once.
fn pool(limits: &Limits, at_once: u32) -> PoolingAllocationConfig {
    /// Linear memories and tables of one component: language runtimes have one
    /// or two of the former, and composed ones that of each part.
    const MEMORIES: u32 = 8;
    const TABLES: u32 = 32;
    /// What stays mapped of a slot between two requests: clearing that much is
    /// cheaper than having the system give it again.
    const KEPT: usize = 512 << 10;
    let page = 64 << 10;
    let memory = limits.memory.clamp(page, 4 << 30).next_multiple_of(page);
    let instances = u32::try_from(limits.instances).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(at_once)
        .total_core_instances(at_once.saturating_mul(instances))
        .total_stacks(at_once)
        .total_memories(at_once.saturating_mul(MEMORIES))
        .max_memories_per_component(MEMORIES)
        .max_memory_size(memory)
        .total_tables(at_once.saturating_mul(TABLES))
        .max_tables_per_component(TABLES)
        .max_tables_per_module(TABLES)
        .table_elements(limits.table.min(1 << 16))
        .max_core_instance_size(16 << 20)
        .max_component_instance_size(16 << 20)
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(64 << 10)
        .async_stack_keep_resident(64 << 10);
    pool
}

fn base() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .shared_memory(false)
        .memory_init_cow(true);
    config
}

#[cfg(feature = "compiler")]
fn compatibility(engine: &wasmtime::Engine) -> Digest {
    let mut hasher = DigestHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    Digest::from_bytes(hasher.0.finalize().into())
}

/// Collects what a value feeds to `Hash`, which has no stable digest of its own.
#[cfg(feature = "compiler")]
struct DigestHasher(Sha256);

#[cfg(feature = "compiler")]
impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        u64::from_le_bytes(digest[..8].try_into().expect("a digest has 32 bytes"))
    }
}

/// What this was built for, without the features of any one processor.
const TARGET: &str = env!("RUN_TARGET");
