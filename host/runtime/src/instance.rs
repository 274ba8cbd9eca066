//! One live instance of a component.

use std::time::Instant;

use run_files::Digest;
use wasmtime::Store;
use wasmtime::component::{ComponentNamedList, Func, Lift, Lower, TypedFunc, Val};

use crate::Error;
use crate::engine::Metering;
use crate::exports::ExportedFunction;
use crate::prepared::{Link, Prepared};
use crate::sandbox::{Breach, Limits, Observed, Permissions, Seed, State, Stdio};
use crate::stopped;
use crate::ticker::Ticker;
use crate::values::{self, Argument};
use crate::waiting::{self, Unfinished};

/// What a guest wrote while it ran captured.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

/// An instance with its sandbox: functions can be called one after the other,
/// and what it holds in memory stays.
pub struct Instance<'p> {
    prepared: &'p Prepared,
    store: Store<State>,
    inner: wasmtime::component::Instance,
    limits: Limits,
    waits: bool,
    until: Option<Instant>,
    _ticker: Option<Ticker>,
}

/// An exported function of an instance, with this language's types for its own.
pub struct Typed<P, R> {
    func: TypedFunc<P, R>,
    name: String,
}

/// An instance that could not be made, with what it wrote before.
#[derive(Debug)]
pub(crate) struct NotMade {
    pub(crate) error: Error,
    pub(crate) output: Output,
    pub(crate) observed: Observed,
}

/// How a sandbox is furnished for one run.
#[derive(Clone, Copy)]
pub struct Furnish<'a> {
    /// What it may reach.
    pub permissions: &'a Permissions,
    /// What it may use.
    pub limits: &'a Limits,
    /// Its standard streams.
    pub stdio: &'a Stdio,
    /// Its command line, the program's name first.
    pub argv: &'a [String],
}

impl Prepared {
    /// Instantiates the component in a fresh sandbox. `seed` gives what joins
    /// what fixes the virtual entropy, e.g. a call's arguments.
    pub(crate) fn instantiate(
        &self,
        furnish: Furnish<'_>,
        seed: &dyn Fn() -> String,
        function: &str,
    ) -> Result<Instance<'_>, NotMade> {
        let link = self.link().map_err(NotMade::from)?;
        let limits = furnish.limits.clone();
        let until = limits.timeout.map(|timeout| Instant::now() + timeout);
        let mut store = self.store(link, furnish, seed).map_err(NotMade::from)?;
        let waits = link.waits || until.is_some();
        let ticker = self.meter(&mut store, &limits).map_err(NotMade::from)?;
        let made = if waits {
            waiting::wait(link.pre.instantiate_async(&mut store), until)
        } else {
            Ok(link.pre.instantiate(&mut store))
        };
        match settle(made, &store, &limits, self.engine.stack(), function) {
            Ok(inner) => Ok(Instance {
                prepared: self,
                store,
                inner,
                limits,
                waits,
                until,
                _ticker: ticker,
            }),
            Err(error) => Err(NotMade {
                error,
                output: captured(&store),
                observed: store.data().seen.observed(),
            }),
        }
    }

    pub(crate) fn store(
        &self,
        link: &Link,
        furnish: Furnish<'_>,
        seed: &dyn Fn() -> String,
    ) -> Result<Store<State>, Error> {
        let entropy = link.draws.then(|| {
            let digest = self.digest();
            let argv = furnish.argv.iter().map(String::as_bytes);
            Seed(Digest::of_fields(
                [digest.as_bytes().as_slice()]
                    .into_iter()
                    .chain(argv)
                    .chain([seed().as_bytes()]),
            ))
        });
        let state = State::new(furnish, entropy, link.alone)?;
        let mut store = Store::new(self.engine.wasmtime(), state);
        store.limiter(|state| &mut state.growth);
        Ok(store)
    }

    /// Sets what the guest may use, and lets a call with a deadline be abandoned
    /// at any time.
    fn meter(&self, store: &mut Store<State>, limits: &Limits) -> Result<Option<Ticker>, Error> {
        match self.engine.metering() {
            Metering::Fuel if limits.timeout.is_none() => {
                let fuel = limits.fuel.unwrap_or(u64::MAX);
                store.set_fuel(fuel).map_err(Error::sandbox)?;
                Ok(None)
            }
            Metering::Fuel => self.meter_yielding(store, limits).map(|()| None),
            Metering::Epochs if limits.timeout.is_some() => {
                self.meter_yielding(store, limits)?;
                Ticker::start(self.engine.wasmtime())
                    .map(Some)
                    .map_err(|error| Error::Sandbox {
                        reason: error.to_string(),
                    })
            }
            Metering::Epochs => {
                store.set_epoch_deadline(u64::MAX / 2);
                Ok(None)
            }
            Metering::None => Ok(None),
        }
    }
}

impl Prepared {
    /// Sets what the guest may use, and lets it give way every some milliseconds
    /// of computing: to be abandoned, or for others to get their turn. Epochs
    /// are moved on by whoever calls this.
    pub(crate) fn meter_yielding(
        &self,
        store: &mut Store<State>,
        limits: &Limits,
    ) -> Result<(), Error> {
        /// Some milliseconds of computing.
        const YIELD: u64 = 10_000_000;
        match self.engine.metering() {
            Metering::Fuel => {
                let fuel = limits.fuel.unwrap_or(u64::MAX);
                store.set_fuel(fuel).map_err(Error::sandbox)?;
                store
                    .fuel_async_yield_interval(Some(YIELD))
                    .map_err(Error::sandbox)
            }
            Metering::Epochs => {
                store.set_epoch_deadline(1);
                store.epoch_deadline_async_yield_and_update(1);
                Ok(())
            }
            Metering::None => Ok(()),
        }
    }
}

impl From<Error> for NotMade {
    fn from(error: Error) -> Self {
        Self {
            error,
            output: Output::default(),
            observed: Observed::default(),
        }
    }
}

impl<'p> Prepared {
    /// An instance whose functions can be called one after the other.
    ///
    /// # Errors
    /// Imports that nothing provides, a start function that fails, a limit that
    /// was hit.
    pub fn instance(&'p self, furnish: Furnish<'_>) -> Result<Instance<'p>, Error> {
        self.instantiate(furnish, &String::new, "instantiation")
            .map_err(|not_made| not_made.error)
    }
}

impl Instance<'_> {
    /// The exported function itself, to be called with [`Instance::call_func`].
    ///
    /// # Errors
    /// The component has no such export.
    pub fn func(&mut self, function: &ExportedFunction) -> Result<Func, Error> {
        function
            .index(&self.prepared.component)
            .and_then(|index| self.inner.get_func(&mut self.store, index))
            .ok_or_else(|| Error::UnknownFunction {
                name: self.prepared.name().to_owned(),
                function: function.full_name(),
                help: "it is declared and not exported".to_owned(),
            })
    }

    /// Calls a function of this instance; `name` is what errors call it. There
    /// is one result or none.
    ///
    /// # Errors
    /// A trap, or a limit that was hit. The instance cannot be used after.
    pub fn call_func(
        &mut self,
        func: Func,
        name: &str,
        arguments: &[Val],
        results: &mut [Val],
    ) -> Result<(), Error> {
        let outcome = if self.waits {
            waiting::wait(
                func.call_async(&mut self.store, arguments, results),
                self.until,
            )
        } else {
            Ok(func.call(&mut self.store, arguments, results))
        };
        self.settle(outcome, name)
    }

    /// The exported function with this language's types for its own, which are checked
    /// here once: calls of it cost what calls of the engine do.
    ///
    /// # Errors
    /// The component has no such export, or it has other types.
    pub fn typed<P, R>(&mut self, function: &ExportedFunction) -> Result<Typed<P, R>, Error>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let func = self.func(function)?;
        let name = function.full_name();
        match func.typed(&self.store) {
            Ok(func) => Ok(Typed { func, name }),
            Err(error) => Err(Error::Types {
                reason: format!("{error:#}"),
                signature: function.signature(),
                function: name,
            }),
        }
    }

    /// Calls a function of this instance.
    ///
    /// # Errors
    /// As [`Instance::call_func`].
    pub fn call_typed<P, R>(&mut self, function: &Typed<P, R>, arguments: P) -> Result<R, Error>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let outcome = if self.waits {
            let call = function.func.call_async(&mut self.store, arguments);
            waiting::wait(call, self.until)
        } else {
            Ok(function.func.call(&mut self.store, arguments))
        };
        self.settle(outcome, &function.name)
    }

    /// Calls an exported function, makes the resources that its arguments need
    /// first, and drops those that are left.
    ///
    /// # Errors
    /// As [`Instance::call_func`]; also where making or dropping one fails.
    pub fn call(
        &mut self,
        function: &ExportedFunction,
        arguments: &[Argument],
    ) -> Result<Option<Val>, Error> {
        match plain(arguments) {
            Some(values) if !self.waits => self.call_plain(function, &values),
            _ => self.call_waiting(function, arguments),
        }
    }

    /// Without an asynchronous runtime, which most calls can do without.
    fn call_plain(
        &mut self,
        function: &ExportedFunction,
        arguments: &[Val],
    ) -> Result<Option<Val>, Error> {
        let name = function.full_name();
        let func = self.func(function)?;
        let mut results = vec![Val::Bool(false); function.ty.results().len()];
        self.call_func(func, &name, arguments, &mut results)?;
        for resource in results.iter().flat_map(values::handles) {
            let dropped = resource.resource_drop(&mut self.store);
            self.settle(Ok(dropped), &name)?;
        }
        Ok(results.pop())
    }

    fn call_waiting(
        &mut self,
        function: &ExportedFunction,
        arguments: &[Argument],
    ) -> Result<Option<Val>, Error> {
        let component = &self.prepared.component;
        let call = values::call(&mut self.store, &self.inner, component, function, arguments);
        match waiting::wait(call, self.until) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(stop)) => self.settle(Ok(Err(stop.error)), &stop.function),
            Err(unfinished) => self.settle(Err(unfinished), &function.full_name()),
        }
    }

    pub(crate) fn store(&mut self) -> &mut Store<State> {
        &mut self.store
    }

    pub(crate) fn inner(&self) -> wasmtime::component::Instance {
        self.inner
    }

    pub(crate) fn waits(&self) -> bool {
        self.waits
    }

    pub(crate) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// The outcome of something that ran in this instance.
    pub(crate) fn settle<T>(
        &self,
        outcome: Result<wasmtime::Result<T>, Unfinished>,
        function: &str,
    ) -> Result<T, Error> {
        let stack = self.prepared.engine.stack();
        settle(outcome, &self.store, &self.limits, stack, function)
    }

    /// What was captured so far.
    #[must_use]
    pub fn output(&self) -> Output {
        captured(&self.store)
    }

    /// What came to light so far.
    #[must_use]
    pub fn observed(&self) -> Observed {
        self.store.data().seen.observed()
    }
}

/// The arguments' values, where none has to be made first.
fn plain(arguments: &[Argument]) -> Option<Vec<Val>> {
    let value = |argument: &Argument| match argument {
        Argument::Value(value) => Some(value.clone()),
        Argument::Made(_) | Argument::Around(_) => None,
    };
    arguments.iter().map(value).collect()
}

fn captured(store: &Store<State>) -> Output {
    let (stdout, stderr) = store.data().output();
    Output { stdout, stderr }
}

pub(crate) fn settle<T>(
    outcome: Result<wasmtime::Result<T>, Unfinished>,
    store: &Store<State>,
    limits: &Limits,
    stack: usize,
    function: &str,
) -> Result<T, Error> {
    match outcome {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            let breach = store
                .data()
                .seen
                .first_breach()
                .or_else(|| stopped::breach(&error, limits, stack));
            Err(match breach {
                Some(breach) => stopped::limit(function, breach),
                None => stopped::error(function, &error),
            })
        }
        Err(Unfinished::Late) => {
            let timeout = limits.timeout.unwrap_or_default();
            Err(stopped::limit(function, Breach::Time(timeout)))
        }
        Err(Unfinished::Runtime(error)) => Err(Error::Sandbox {
            reason: error.to_string(),
        }),
    }
}
