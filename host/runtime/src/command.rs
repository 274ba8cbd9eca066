//! Running a command: a component that exports `wasi:cli/run`.

use wasmtime::component::ComponentExportIndex;
use wasmtime_wasi::I32Exit;

use crate::call::Failed;
use crate::exports;
use crate::instance::{Furnish, Instance, Output};
use crate::prepared::Prepared;
use crate::sandbox::Observed;
use crate::{Error, waiting};

/// What came of a command that ended by itself.
#[derive(Debug)]
pub struct Exited {
    /// Its exit code: 0 when `run` returned ok, 1 when it returned an error,
    /// else what it passed to `exit`.
    pub code: i32,
    /// What it wrote, where it was captured.
    pub output: Output,
    /// What came to light.
    pub observed: Observed,
}

/// What errors call the exported function.
const RUN: &str = "wasi:cli/run";

impl Prepared {
    /// Whether the component exports `wasi:cli/run` of any 0.2 version.
    #[must_use]
    pub fn is_command(&self) -> bool {
        self.run_index().is_some()
    }

    fn run_index(&self) -> Option<ComponentExportIndex> {
        let ty = self.component.component_type();
        let (name, _) = ty
            .exports(self.engine.wasmtime())
            .find(|(name, _)| name.starts_with("wasi:cli/run@0.2."))?;
        let interface = self.component.get_export_index(None, name)?;
        self.component.get_export_index(Some(&interface), "run")
    }

    /// Runs the command.
    ///
    /// # Errors
    /// It is no command, imports what nothing provides, traps, or hits a limit.
    pub fn run(&self, furnish: Furnish<'_>) -> Result<Exited, Failed> {
        let Some(run) = self.run_index() else {
            return Err(Failed {
                error: self.not_a_command(),
                output: Output::default(),
                observed: Observed::default(),
            });
        };
        let mut instance = self.instantiate(furnish, &String::new, RUN)?;
        let outcome = call_run(&mut instance, run);
        let (output, observed) = (instance.output(), instance.observed());
        match outcome {
            Ok(code) => Ok(Exited {
                code,
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

    fn not_a_command(&self) -> Error {
        let functions = self.functions();
        let serves = self
            .component
            .component_type()
            .exports(self.engine.wasmtime())
            .any(|(name, _)| name.starts_with("wasi:http/incoming-handler@"));
        Error::NotACommand {
            name: self.name().to_owned(),
            help: if serves {
                "it answers HTTP requests, and is called through a server".to_owned()
            } else if functions.is_empty() {
                "it exports no functions either".to_owned()
            } else {
                format!(
                    "call one of its functions with `--function`: {}",
                    exports::describe(functions)
                )
            },
        }
    }
}

fn call_run(instance: &mut Instance<'_>, run: ComponentExportIndex) -> Result<i32, Error> {
    let (inner, waits, until) = (instance.inner(), instance.waits(), instance.until());
    let store = instance.store();
    let func = inner.get_typed_func::<(), (Result<(), ()>,)>(&mut *store, run);
    let outcome = match func {
        Err(error) => Ok(Err(error)),
        Ok(func) if waits => waiting::wait(func.call_async(store, ()), until),
        Ok(func) => Ok(func.call(store, ())),
    };
    if let Ok(Err(error)) = &outcome
        && let Some(I32Exit(code)) = error.downcast_ref::<I32Exit>()
    {
        return Ok(*code);
    }
    let (returned,) = instance.settle(outcome, RUN)?;
    Ok(i32::from(returned.is_err()))
}
