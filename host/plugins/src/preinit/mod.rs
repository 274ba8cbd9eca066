//! Running a component's initialiser once and keeping the component as it is
//! after that: the contract's `preinit`.
//!
//! The initialiser runs in a sandbox of its own in which nothing differs from
//! machine to machine or from run to run, so the same request gives the same
//! bytes everywhere. What it is compiled to is kept: only the arguments change
//! from one build to the next, and then only those cost time.

mod cell;
mod files;
mod kept;
mod links;
mod screen;
mod strip;

use std::time::Duration;

use run_files::Digest;
use run_runtime::bodies::{Bodies, NotApart};
use run_runtime::{ArtifactCache, Engine, Ticker, Wasm};
use wasmtime::component::{Component, Func, Instance, Val};
use wasmtime::{Store, UpdateDeadline};
use wasmtime_wizer::Wizer;

use crate::sandbox::limits::{Limits, Violation};
use crate::sandbox::paths::PathMap;
use crate::sandbox::wasi::LineSink;
use cell::Cell;
use kept::Kept;

/// What is to be run, with everything read that comes from files.
pub(crate) struct Request {
    /// What errors call the component.
    pub(crate) name: String,
    pub(crate) component: Vec<u8>,
    /// The export to call.
    pub(crate) initializer: String,
    pub(crate) arguments: Vec<Argument>,
    /// Shown read-only.
    pub(crate) mounts: PathMap,
    pub(crate) environment: Vec<(String, String)>,
    /// Seconds since 1970 at which all clocks stand and all files were changed.
    pub(crate) now: u64,
}

/// One argument of the initialiser.
pub(crate) enum Argument {
    /// In WAVE, typed by the parameter.
    Wave(String),
    /// For a parameter of type `string`.
    Text(String),
}

/// Why there is no snapshot: a sentence, and whose affair it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request does not fit the component, or it is none.
    Request(String),
    /// The component uses what cannot be kept.
    Unsupported(String),
    /// The initialiser failed, in its own words or the engine's.
    Initializer(String),
    /// It broke a limit.
    Limit(String),
    /// The host could not do its part.
    Host(String),
}

/// Where compiled code is kept, and the bounds.
#[derive(Clone)]
pub(crate) struct Preinit {
    pub(crate) artifacts: ArtifactCache,
    pub(crate) limits: Limits,
}

impl Preinit {
    /// The component after its initialiser has run, without the initialiser.
    pub(crate) async fn snapshot(
        &self,
        mut request: Request,
        lines: &LineSink,
    ) -> Result<Vec<u8>, Failure> {
        let digest = Digest::of(&request.component);
        let initializer = screen::once(
            &request.component,
            digest,
            &request.initializer,
            &self.artifacts.notes(),
        )?;
        let component = std::mem::take(&mut request.component);
        let apart = |error: NotApart| Failure::Request(error.to_string());
        let (bodies, outline) = Bodies::take(component).map_err(apart)?;
        // Left in by the rewriting, which would take a core function of that
        // name away as well, and taken out afterwards.
        let mut wizer = Wizer::new();
        wizer.keep_init_func(true);
        let (context, instrumented) = wizer
            .instrument_component(&outline)
            .map_err(|error| Failure::Unsupported(format!("{error:#}")))?;
        let engine = Engine::initializer().map_err(|error| Failure::Host(error.to_string()))?;
        let wasm = whole(&request.name, digest, &bodies, instrumented);
        let component = self.compiled(&engine, wasm).await?;

        let violation = Violation::default();
        let cell = Cell::new(&request, &self.limits, &violation, lines)
            .map_err(|error| Failure::Host(format!("{error:#}")))?;
        let mut store = Store::new(engine.wasmtime(), cell);
        store.limiter(|cell| &mut cell.growth);
        // Its memory crosses the boundary once, when all is over.
        store.set_hostcall_fuel(self.limits.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::Yield(1)));
        let _ticker =
            Ticker::start(engine.wasmtime()).map_err(|error| Failure::Host(error.to_string()))?;

        let run = async {
            let instance = start(&component, &mut store).await?;
            call(&request, &mut store, &instance).await?;
            Kept::of(&mut store, &instance).await
        };
        let limit = self.limits.initializer;
        let mut kept = match tokio::time::timeout(limit, run).await {
            Ok(kept) => kept.map_err(|failure| blame(failure, &violation))?,
            Err(_) => return Err(Failure::Limit(out_of_time(limit))),
        };
        if let Some(rule) = violation.get() {
            return Err(Failure::Limit(rule));
        }
        let bytes = wizer
            .snapshot_component(&context, &mut kept)
            .await
            .map_err(|error| Failure::Unsupported(format!("{error:#}")))?;
        let bytes = strip::export(&bytes, &request.initializer, initializer)
            .map_err(Failure::Unsupported)?;
        let bytes = bodies.put_back(&bytes).map_err(apart)?;
        if bytes.len() > self.limits.snapshot {
            let figure = self.limits.snapshot >> 20;
            return Err(Failure::Limit(format!(
                "it became larger than {figure} MiB"
            )));
        }
        Ok(bytes)
    }

    /// Compiles on a thread of its own, so that the call can be abandoned
    /// meanwhile.
    async fn compiled(&self, engine: &Engine, wasm: Wasm) -> Result<Component, Failure> {
        let (done, wait) = tokio::sync::oneshot::channel();
        let (artifacts, engine) = (self.artifacts.clone(), engine.clone());
        std::thread::Builder::new()
            .name("initializer".to_owned())
            .spawn(move || {
                let compiled = artifacts
                    .load(&engine, &wasm)
                    .map_err(|error| Failure::Request(error.to_string()));
                done.send(compiled).ok();
            })
            .map_err(|error| Failure::Host(error.to_string()))?;
        wait.await
            .unwrap_or_else(|_| Err(Failure::Host("the compiler stopped".to_owned())))
    }
}

/// The instrumented component with its bodies, which are put back where it has to
/// be compiled. It is made of nothing else than these two.
fn whole(name: &str, component: Digest, bodies: &Bodies, instrumented: Vec<u8>) -> Wasm {
    let around = Digest::of(&instrumented);
    let both = Digest::of_fields([component.as_bytes().as_slice(), around.as_bytes()]);
    let bodies = bodies.clone();
    // What does not fit is nothing, which the compiler refuses.
    let put_back = move || bodies.put_back(&instrumented).unwrap_or_default();
    Wasm::deferred_component(name, both, put_back)
}

fn out_of_time(limit: Duration) -> String {
    format!("it ran for more than {} s", limit.as_secs_f32())
}

/// A limit that was hit says more than the trap it ended in.
fn blame(failure: Failure, violation: &Violation) -> Failure {
    match violation.get() {
        Some(rule) => Failure::Limit(rule),
        None => failure,
    }
}

async fn start(component: &Component, store: &mut Store<Cell>) -> Result<Instance, Failure> {
    let linker = links::linker(store.engine(), component)
        .map_err(|error| Failure::Request(format!("its imports cannot be met: {error:#}")))?;
    linker
        .instantiate_async(store, component)
        .await
        .map_err(|error| Failure::Initializer(format!("{error:?}")))
}

async fn call(
    request: &Request,
    store: &mut Store<Cell>,
    instance: &Instance,
) -> Result<(), Failure> {
    let name = &request.initializer;
    let function: Func = instance
        .get_func(&mut *store, name.as_str())
        .ok_or_else(|| Failure::Request(format!("it exports no function `{name}`")))?;
    let ty = function.ty(&*store);
    let (wanted, given) = (ty.params().len(), request.arguments.len());
    if wanted != given {
        return Err(Failure::Request(format!(
            "`{name}` takes {wanted} arguments, and {given} were given"
        )));
    }
    let arguments = ty
        .params()
        .zip(&request.arguments)
        .map(|((parameter, ty), argument)| match argument {
            Argument::Text(text) => Ok(Val::String(text.clone())),
            Argument::Wave(text) => Val::from_wave(&ty, text).map_err(|error| {
                Failure::Request(format!("the argument `{parameter}` of `{name}`: {error:#}"))
            }),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut results = vec![Val::Bool(false); ty.results().len()];
    function
        .call_async(store, &arguments, &mut results)
        .await
        .map_err(|error| Failure::Initializer(format!("{error:?}")))?;
    match results.first() {
        Some(Val::Result(Err(said))) => Err(Failure::Initializer(match said.as_deref() {
            Some(Val::String(text)) => text.clone(),
            Some(other) => other.to_wave().unwrap_or_else(|_| format!("{other:?}")),
            None => format!("`{name}` failed without a word"),
        })),
        _ => Ok(()),
    }
}
