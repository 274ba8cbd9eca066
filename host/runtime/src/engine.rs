//! The engines: for the user's components, for plugins, and for servers.

#[cfg(feature = "compiler")]
use std::hash::{Hash, Hasher};

#[cfg(feature = "compiler")]
use run_files::Digest;
#[cfg(feature = "compiler")]
use sha2::{Digest as _, Sha256};
#[cfg(feature = "compiler")]
use wasmtime::RegallocAlgorithm;
use wasmtime::{Config, WasmBacktraceDetails};

use crate::sandbox::Limits;

mod server;

#[cfg(feature = "compiler")]
pub(crate) use server::server_config;

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

fn base() -> Config {
    let mut config = Config::new();
    config
        // For debuggers alone: the engine walks the stack by frame pointers. What
        // it costs is the registration of each function at each start, which for
        // a language runtime takes longer than its program.
        .native_unwind_info(cfg!(windows))
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
