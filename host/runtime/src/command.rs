//! Running a command: a component that exports `wasi:cli/run`.

use wasmtime_wasi::I32Exit;
use wasmtime_wasi::p2::bindings::sync::Command;

use crate::call::{Failed, Output, Prepared, captured, stopped};
use crate::sandbox::{Limits, Observed, Permissions, Stdio};
use crate::{Error, exports};

/// What came of a command that ended by itself.
#[derive(Debug)]
pub struct Exited {
    /// Its exit code: 0 when `run` returned ok, 1 when it returned an error,
    /// else what it passed to `exit`.
    pub code: i32,
    /// What it wrote, where it was captured.
    pub output: Output,
    /// Which virtual stand-ins it read.
    pub observed: Observed,
}

impl Prepared {
    /// Whether the component exports `wasi:cli/run` of any 0.2 version.
    #[must_use]
    pub fn is_command(&self) -> bool {
        self.component
            .component_type()
            .exports(self.engine.wasmtime())
            .any(|(name, _)| name.starts_with("wasi:cli/run@0.2."))
    }

    /// Runs the command. `argv` begins with the program's name, as native
    /// programs expect it.
    ///
    /// # Errors
    /// It is no command, imports what nothing provides, traps, or hits a limit.
    pub fn run(
        &self,
        argv: &[String],
        permissions: &Permissions,
        limits: &Limits,
        stdio: Stdio,
    ) -> Result<Exited, Failed> {
        if !self.is_command() {
            let functions = self.functions();
            return Err(Failed::from(Error::NotACommand {
                name: self.name().to_owned(),
                help: if functions.is_empty() {
                    "it exports no functions either".to_owned()
                } else {
                    format!(
                        "call one of its functions with `--function`: {}",
                        exports::describe(&functions)
                    )
                },
            }));
        }
        let mut store = self.store(permissions, limits, stdio, argv, &[]);
        let _deadline = self.arm(&mut store, limits);
        let linker = self.linker()?;
        let outcome = Command::instantiate(&mut store, &self.component, &linker)
            .and_then(|command| command.wasi_cli_run().call_run(&mut store));
        let output = captured(&store);
        let code = match outcome {
            Ok(Ok(())) => 0,
            Ok(Err(())) => 1,
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(I32Exit(code)) => *code,
                None => {
                    let error = stopped("wasi:cli/run", &error);
                    return Err(Failed { error, output });
                }
            },
        };
        Ok(Exited {
            code,
            output,
            observed: store.data().observed(),
        })
    }
}
