//! Events that are no HTTP requests: commands, and calls of functions.

use run_runtime::call::Failed;
use run_runtime::sandbox::{LimitKind, Limits, Outlet, Permissions, Stdin, Stdio};
use run_runtime::{Error, Furnish, Prepared, values};
use serde_json::{Value, json};

use crate::functions::Failure;
use crate::log;

/// What one call may reach and use.
pub(crate) struct Sandbox {
    pub(crate) permissions: Permissions,
    pub(crate) limits: Limits,
}

impl Sandbox {
    fn furnish<'s>(&'s self, stdio: &'s Stdio, argv: &'s [String]) -> Furnish<'s> {
        Furnish {
            permissions: &self.permissions,
            limits: &self.limits,
            stdio,
            argv,
        }
    }
}

/// Runs the command with the event on its standard input. What it prints is the
/// answer: as JSON where it is, else as a text.
///
/// # Errors
/// It is no command, it failed, or ended with another code than 0.
pub(crate) fn run(component: &Prepared, event: &Value, sandbox: Sandbox) -> Result<Value, Failure> {
    if !component.is_command() {
        return Err(Failure {
            kind: "Run.NotACommand",
            message: "the event is for a command, and the component is none: it exports no `wasi:cli/run`".to_owned(),
        });
    }
    let stdio = Stdio {
        stdin: Stdin::Bytes(event.to_string().into_bytes()),
        output: Outlet::Capture,
    };
    let argv = ["app".to_owned()];
    let exited = component
        .run(sandbox.furnish(&stdio, &argv))
        .map_err(failed)?;
    let stderr = String::from_utf8_lossy(&exited.output.stderr);
    for line in stderr.lines() {
        log::line(line);
    }
    if exited.code != 0 {
        let last = stderr.lines().next_back().unwrap_or_default();
        return Err(Failure {
            kind: "Run.ExitCode",
            message: format!("the command ended with {}: {last}", exited.code),
        });
    }
    let printed = String::from_utf8_lossy(&exited.output.stdout);
    Ok(match serde_json::from_str(&printed) {
        Ok(value) => value,
        Err(_) if printed.is_empty() => Value::Null,
        Err(_) => Value::String(printed.into_owned()),
    })
}

/// Calls a function by its name. Arguments are as for `run v2 exec --args`: WAVE,
/// or `type:value`; numbers and booleans may be those of JSON.
///
/// # Errors
/// There is no such function, the arguments do not fit, or it failed.
pub(crate) fn call(
    component: &Prepared,
    function: &str,
    arguments: &[Value],
    sandbox: Sandbox,
) -> Result<Value, Failure> {
    let written: Vec<String> = arguments
        .iter()
        .map(|argument| match argument {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    let bad = |error: Error| Failure {
        kind: "Run.BadCall",
        message: error.to_string(),
    };
    let function = component.function(function).map_err(bad)?;
    let arguments = component.arguments(&function, &written).map_err(bad)?;
    let stdio = Stdio::capture();
    let returned = component
        .call(&function, &arguments, sandbox.furnish(&stdio, &[]))
        .map_err(failed)?;
    for output in [&returned.output.stdout, &returned.output.stderr] {
        for line in String::from_utf8_lossy(output).lines() {
            log::line(line);
        }
    }
    let value = returned.value.as_ref().map_or(Value::Null, values::to_json);
    Ok(json!({ "return_value": value }))
}

fn failed(failed: Failed) -> Failure {
    for output in [&failed.output.stdout, &failed.output.stderr] {
        for line in String::from_utf8_lossy(output).lines() {
            log::line(line);
        }
    }
    let kind = match &failed.error {
        Error::Limit { breach, .. } if breach.kind() == LimitKind::Time => "Run.Timeout",
        _ => "Run.ComponentFailed",
    };
    Failure {
        kind,
        message: failed.error.to_string(),
    }
}
