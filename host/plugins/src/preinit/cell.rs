//! The state behind one initialiser.

use std::collections::{HashMap, VecDeque};

use run_runtime::sandbox::Growth;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::p2::bindings::filesystem::types::DirectoryEntry;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::Request;
use crate::sandbox::http::HttpPolicy;
use crate::sandbox::limits::{self, Limits, Violation};
use crate::sandbox::wasi::{self, LineSink};

pub(super) struct Cell {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    policy: HttpPolicy,
    pub(super) growth: Growth,
    /// Seconds since 1970.
    pub(super) now: u64,
    /// The path that each open file was opened by, by its handle.
    pub(super) paths: HashMap<u32, String>,
    /// What is left of each listing of a directory, by its handle.
    pub(super) listings: HashMap<u32, VecDeque<DirectoryEntry>>,
}

impl Cell {
    pub(super) fn new(
        request: &Request,
        limits: &Limits,
        violation: &Violation,
        lines: &LineSink,
    ) -> wasmtime::Result<Self> {
        let environment = &request.environment;
        Ok(Self {
            table: ResourceTable::new(),
            wasi: wasi::context(&request.mounts, environment, Some(request.now), lines)?,
            http: WasiHttpCtx::new(),
            policy: HttpPolicy::closed(violation.clone()),
            growth: limits::growth(limits, violation.clone()),
            now: request.now,
            paths: HashMap::new(),
            listings: HashMap::new(),
        })
    }
}

impl WasiView for Cell {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Cell {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.policy,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
