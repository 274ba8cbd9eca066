//! Calling one exported function.

use wasmtime::component::Val;

use crate::Error;
use crate::exports::ExportedFunction;
use crate::instance::{Furnish, NotMade, Output};
use crate::prepared::Prepared;
use crate::sandbox::Observed;
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
        let name = function.full_name();
        let seed = format!("{name} {arguments:?}");
        let mut instance = self.instantiate(furnish, seed.as_bytes(), &name)?;
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
