//! Calling one exported function.

use std::time::Duration;

use wasmtime::component::Val;

use crate::Error;
use crate::engine::Metering;
use crate::exports::ExportedFunction;
use crate::instance::{Furnish, NotMade, Output};
use crate::prepared::Prepared;
use crate::sandbox::{Breach, Limits, Observed};
use crate::values::Argument;

/// What came of a call that returned.
#[derive(Debug)]
pub struct Returned {
    /// The result, where the function has one.
    pub value: Option<Val>,
    /// What the guest wrote, where it was captured.
    pub output: Output,
    /// What came to light.
    pub observed: Observed,
}

/// A call that did not return, with what the guest wrote before.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub error: Error,
    /// What the guest wrote, where it was captured.
    pub output: Output,
    /// What came to light.
    pub observed: Observed,
}

impl Failed {
    fn ran_out_of_fuel(&self) -> bool {
        matches!(
            &self.error,
            Error::Limit {
                breach: Breach::Fuel(_),
                ..
            }
        )
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        NotMade::from(error).into()
    }
}

impl From<NotMade> for Failed {
    fn from(not_made: NotMade) -> Self {
        Self {
            error: not_made.error,
            output: not_made.output,
            observed: not_made.observed,
        }
    }
}

impl Prepared {
    /// Calls `function` in a fresh instance.
    ///
    /// # Errors
    /// Imports that nothing provides, a trap, a limit that was hit.
    pub fn call(
        &self,
        function: &ExportedFunction,
        arguments: &[Argument],
        furnish: Furnish<'_>,
    ) -> Result<Returned, Failed> {
        if let Some(limits) = self.hurried(&furnish).map_err(Failed::from)? {
            let furnish = Furnish {
                limits: &limits,
                ..furnish
            };
            match self.called(function, arguments, furnish) {
                // It takes longer, so its time has to be watched.
                Err(failed) if failed.ran_out_of_fuel() => {}
                done => return done,
            }
        }
        self.called(function, arguments, furnish)
    }

    /// The limits to try a call with whose time need not be watched, since so
    /// little fuel takes less. Watching is what costs most of a short call: it
    /// has to be made so that it can be left at any point.
    ///
    /// Only where nobody can tell that a call was begun twice: the component
    /// imports nothing, and so reaches and reads nothing.
    fn hurried(&self, furnish: &Furnish<'_>) -> Result<Option<Limits>, Error> {
        /// Some ten milliseconds.
        const LITTLE: u64 = 10_000_000;
        const LONG: Duration = Duration::from_secs(1);
        let limits = furnish.limits;
        let tried = limits.timeout.is_some_and(|timeout| timeout >= LONG)
            && limits.fuel.is_none()
            && self.engine.metering() == Metering::Fuel
            && self.link()?.alone;
        Ok(tried.then(|| Limits {
            timeout: None,
            fuel: Some(LITTLE),
            ..limits.clone()
        }))
    }

    fn called(
        &self,
        function: &ExportedFunction,
        arguments: &[Argument],
        furnish: Furnish<'_>,
    ) -> Result<Returned, Failed> {
        let name = function.full_name();
        let seed = || format!("{name} {arguments:?}");
        let mut instance = self.instantiate(furnish, &seed, &name)?;
        let outcome = instance.call(function, arguments);
        let (output, observed) = (instance.output(), instance.observed());
        match outcome {
            Ok(value) => Ok(Returned {
                value,
                output,
                observed,
            }),
            Err(error) => Err(Failed {
                error,
                output,
                observed,
            }),
        }
    }
}
