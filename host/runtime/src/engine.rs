//! The two engines: one for the user's components, one for plugins.

use std::hash::{Hash, Hasher};

use run_files::Digest;
use sha2::{Digest as _, Sha256};
use wasmtime::{Config, RegallocAlgorithm};

/// A configured wasmtime engine with the part of an artifact's cache key that
/// depends on it.
#[derive(Clone)]
pub struct Engine {
    inner: wasmtime::Engine,
    name: &'static str,
    compatibility: Digest,
}

impl Engine {
    /// For the user's components: deterministic wherever WebAssembly leaves a
    /// choice (NaN bits, relaxed SIMD), no shared memory, interruptible.
    ///
    /// # Errors
    /// The host's processor or operating system cannot run compiled code.
    pub fn application() -> Result<Self, crate::Error> {
        let mut config = base();
        config
            .cranelift_nan_canonicalization(true)
            .relaxed_simd_deterministic(true);
        Self::new("application", &config)
    }

    /// For plugins: small, interruptible, called asynchronously so that a call
    /// can be abandoned while it waits for the host.
    ///
    /// # Errors
    /// As [`Engine::application`].
    pub fn plugin() -> Result<Self, crate::Error> {
        let mut config = base();
        config
            .max_wasm_stack(1 << 20)
            .async_stack_size(2 << 20)
            // Plugins are read once and run briefly; what they compile to is
            // kept, so a slower compiler is paid for once a version.
            .cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking);
        Self::new("plugin", &config)
    }

    fn new(name: &'static str, config: &Config) -> Result<Self, crate::Error> {
        let inner = wasmtime::Engine::new(config).map_err(crate::Error::engine)?;
        let mut hasher = DigestHasher(Sha256::new());
        inner.precompile_compatibility_hash().hash(&mut hasher);
        let compatibility = Digest::from_bytes(hasher.0.finalize().into());
        Ok(Self {
            inner,
            name,
            compatibility,
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
    #[must_use]
    pub fn compatibility(&self) -> Digest {
        self.compatibility
    }
}

fn base() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .epoch_interruption(true)
        .shared_memory(false)
        .memory_init_cow(true);
    config
}

/// Collects what a value feeds to `Hash`, which has no stable digest of its own.
struct DigestHasher(Sha256);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        u64::from_le_bytes(digest[..8].try_into().expect("a digest has 32 bytes"))
    }
}
