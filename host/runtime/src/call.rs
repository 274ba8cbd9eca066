//! Calling one exported function.

use wasmtime::component::{Component, Linker, Val};
use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;

use crate::exports::{self, ExportedFunction};
use crate::sandbox::{Limits, Observed, Permissions, State, Stdio};
use crate::{ArtifactCache, Engine, Error, Wasm, wasm};

/// A compiled component, ready to be instantiated any number of times.
pub struct Prepared {
    pub(crate) engine: Engine,
    pub(crate) component: Component,
    wasm: Wasm,
}

/// What came of a call that returned.
#[derive(Debug)]
pub struct Returned {
    /// The result, where the function has one.
    pub value: Option<Val>,
    /// What the guest wrote, where it was captured.
    pub output: Output,
    /// Which virtual stand-ins it read.
    pub observed: Observed,
}

/// What a guest wrote while it ran captured.
#[derive(Debug, Default)]
pub struct Output {
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

/// A call that did not return, with what the guest wrote before.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub error: Error,
    /// What the guest wrote, where it was captured.
    pub output: Output,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self {
            error,
            output: Output::default(),
        }
    }
}

impl Prepared {
    /// Compiles the component, or maps its artifact.
    ///
    /// # Errors
    /// The bytes are a core module or not valid.
    pub fn new(engine: &Engine, cache: &ArtifactCache, wasm: Wasm) -> Result<Self, Error> {
        if wasm.kind() == wasm::Kind::CoreModule {
            return Err(Error::CoreModule {
                name: wasm.name().to_owned(),
            });
        }
        Ok(Self {
            engine: engine.clone(),
            component: cache.load(engine, &wasm)?,
            wasm,
        })
    }

    /// What errors call this component.
    #[must_use]
    pub fn name(&self) -> &str {
        self.wasm.name()
    }

    /// The functions it exports.
    #[must_use]
    pub fn functions(&self) -> Vec<ExportedFunction> {
        exports::functions(&self.engine, &self.component)
    }

    /// The exported function that `wanted` names.
    ///
    /// # Errors
    /// See [`exports::find`].
    pub fn function(&self, wanted: &str) -> Result<ExportedFunction, Error> {
        exports::find(self.name(), &self.functions(), wanted)
    }

    /// Calls `function` in a fresh instance with its output captured.
    ///
    /// # Errors
    /// Imports that nothing provides, a trap, a limit that was hit.
    pub fn call(
        &self,
        function: &ExportedFunction,
        arguments: &[Val],
        permissions: &Permissions,
        limits: &Limits,
    ) -> Result<Returned, Failed> {
        let mut store = self.store(permissions, limits, Stdio::capture(), &[], arguments);
        let _deadline = self.arm(&mut store, limits);
        let outcome = self.call_in(&mut store, function, arguments);
        let output = captured(&store);
        match outcome {
            Ok(value) => Ok(Returned {
                value,
                output,
                observed: store.data().observed(),
            }),
            Err(error) => Err(Failed { error, output }),
        }
    }

    fn call_in(
        &self,
        store: &mut Store<State>,
        function: &ExportedFunction,
        arguments: &[Val],
    ) -> Result<Option<Val>, Error> {
        let name = function.full_name();
        let instance = self
            .linker()?
            .instantiate(&mut *store, &self.component)
            .map_err(|error| stopped(&name, &error))?;
        let index = function.index(&self.component);
        let callee = index
            .and_then(|index| instance.get_func(&mut *store, index))
            .ok_or_else(|| Error::UnknownFunction {
                name: self.name().to_owned(),
                function: name.clone(),
                help: "it is declared and not exported".to_owned(),
            })?;
        let mut results = vec![Val::Bool(false); function.ty.results().len()];
        callee
            .call(&mut *store, arguments, &mut results)
            .map_err(|error| stopped(&name, &error))?;
        Ok(results.pop())
    }

    pub(crate) fn store(
        &self,
        permissions: &Permissions,
        limits: &Limits,
        stdio: Stdio,
        argv: &[String],
        arguments: &[Val],
    ) -> Store<State> {
        let seed = run_files::Digest::of_fields(
            [self.wasm.digest().as_bytes().as_slice()]
                .into_iter()
                .chain(argv.iter().map(String::as_bytes))
                .chain([format!("{arguments:?}").as_bytes()]),
        );
        let state = State::new(permissions, limits, stdio, argv, seed);
        let mut store = Store::new(self.engine.wasmtime(), state);
        store.limiter(|state| &mut state.limits);
        store
    }

    /// Interrupts the store's guest once its deadline has passed.
    pub(crate) fn arm(&self, store: &mut Store<State>, limits: &Limits) -> Option<Deadline> {
        let Some(timeout) = limits.timeout else {
            // Far enough that only a call with a deadline ever meets one.
            store.set_epoch_deadline(u64::MAX / 2);
            return None;
        };
        store.set_epoch_deadline(1);
        let until = std::time::Instant::now() + timeout;
        store.epoch_deadline_callback(move |_| {
            if std::time::Instant::now() >= until {
                Ok(wasmtime::UpdateDeadline::Interrupt)
            } else {
                Ok(wasmtime::UpdateDeadline::Continue(1))
            }
        });
        Some(Deadline::start(&self.engine, until))
    }

    /// Everything a component may import. A component that imports nothing
    /// costs nothing here.
    pub(crate) fn linker(&self) -> Result<Linker<State>, Error> {
        let mut linker = Linker::new(self.engine.wasmtime());
        let ty = self.component.component_type();
        let imports: Vec<String> = ty
            .imports(self.engine.wasmtime())
            .map(|(name, _)| name.to_owned())
            .collect();
        if imports.is_empty() {
            return Ok(linker);
        }
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).map_err(Error::sandbox)?;
        let unsatisfied: Vec<String> = imports
            .into_iter()
            .filter(|name| !is_provided(name))
            .collect();
        if !unsatisfied.is_empty() {
            return Err(Error::UnsatisfiedImports {
                name: self.name().to_owned(),
                help: unsatisfied_help(&unsatisfied),
                imports: unsatisfied,
            });
        }
        Ok(linker)
    }
}

/// The WASI 0.2 packages that `wasmtime-wasi` links.
fn is_provided(import: &str) -> bool {
    ["cli", "clocks", "filesystem", "io", "random", "sockets"]
        .iter()
        .any(|package| {
            import
                .strip_prefix("wasi:")
                .and_then(|rest| rest.strip_prefix(package))
                .is_some_and(|rest| rest.starts_with('/') && rest.contains("@0.2."))
        })
}

fn unsatisfied_help(imports: &[String]) -> String {
    if imports.iter().any(|name| name.starts_with("wasi:http/")) {
        "an HTTP component is called through a server, not through `exec`".to_owned()
    } else {
        "compose it with a component that exports them".to_owned()
    }
}

/// Ticks the engine's epoch until it is dropped.
pub(crate) struct Deadline {
    stop: Option<std::sync::mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Deadline {
    fn start(engine: &Engine, until: std::time::Instant) -> Self {
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let engine = engine.wasmtime().clone();
        let thread = std::thread::spawn(move || {
            loop {
                let left = until.saturating_duration_since(std::time::Instant::now());
                let wait = left.max(std::time::Duration::from_millis(1));
                match stopped.recv_timeout(wait) {
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => engine.increment_epoch(),
                    _ => return,
                }
            }
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

pub(crate) fn captured(store: &Store<State>) -> Output {
    let (stdout, stderr) = store.data().output();
    Output { stdout, stderr }
}

/// Turns what ended a guest into the error that says so.
pub(crate) fn stopped(function: &str, error: &wasmtime::Error) -> Error {
    let function = function.to_owned();
    if let Some(Trap::Interrupt) = error.downcast_ref::<Trap>() {
        return Error::Limit {
            function,
            reason: "it ran longer than its timeout".to_owned(),
        };
    }
    if let Some(I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        return Error::Trap {
            function,
            reason: format!("it called exit({code})"),
        };
    }
    Error::Trap {
        function,
        reason: format!("{error:?}"),
    }
}
