//! The engines of servers: an instance for each request.

use wasmtime::{Config, PoolingAllocationConfig, WasmBacktraceDetails};

use super::{Engine, Metering, Nans, base};
use crate::sandbox::Limits;

impl Engine {
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
