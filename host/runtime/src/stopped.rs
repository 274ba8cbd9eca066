//! Turning what ended a guest into the error that says so.

use wasmtime::{Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

use crate::Error;
use crate::sandbox::{Breach, Limits, Refused};

/// The limit that a trap stands for, where it stands for one.
pub(crate) fn breach(error: &wasmtime::Error, limits: &Limits, stack: usize) -> Option<Breach> {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => return limits.fuel.map(Breach::Fuel),
        Some(Trap::StackOverflow) => return Some(Breach::Stack(stack)),
        Some(Trap::Interrupt) => return limits.timeout.map(Breach::Time),
        _ => {}
    }
    // wasmtime has no type for this one.
    let counted = error
        .chain()
        .any(|cause| cause.to_string().starts_with("resource limit exceeded: "));
    counted.then_some(Breach::Instances(limits.instances))
}

pub(crate) fn limit(function: &str, breach: Breach) -> Error {
    Error::Limit {
        function: function.to_owned(),
        help: format!(
            "if it needs that, raise the limit: `{}`, or `limits.{}` in run.toml",
            breach.kind().flag(),
            breach.kind().key()
        ),
        breach,
    }
}

pub(crate) fn error(function: &str, error: &wasmtime::Error) -> Error {
    let function = function.to_owned();
    if let Some(refused) = error.downcast_ref::<Refused>() {
        return Error::Denied {
            function,
            import: refused.import.to_owned(),
            flag: refused.flag.to_owned(),
            capability: refused.capability.to_owned(),
        };
    }
    if let Some(I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        return Error::Trap {
            function,
            reason: format!("it called exit({code})"),
            backtrace: String::new(),
        };
    }
    let reason = error.root_cause().to_string();
    let reason = reason.strip_prefix("wasm trap: ").unwrap_or(&reason);
    Error::Trap {
        function,
        reason: reason.to_owned(),
        backtrace: backtrace(error),
    }
}

/// The guest's frames, one a line and innermost first, with file and line where
/// the component says; empty where there are none.
fn backtrace(error: &wasmtime::Error) -> String {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else {
        return String::new();
    };
    let printed = trace.to_string();
    let frames = printed
        .lines()
        .skip_while(|line| !line.trim_start().starts_with("0:"));
    frames.map(|line| format!("\n{line}")).collect()
}
