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
    frames
        .map(|line| format!("\n{}", without_offset(line)))
        .collect()
}

/// A frame without the offset of its code, which is that of the code as it was
/// compiled, and none in the file that the user has.
fn without_offset(line: &str) -> String {
    let number = line.split_once(": ");
    let frame = number.and_then(|(number, frame)| {
        number.trim_start().parse::<u32>().ok()?;
        let (offset, name) = frame.trim_start().split_once(" - ")?;
        offset.strip_prefix("0x")?;
        Some(format!("{number}: {name}"))
    });
    frame.unwrap_or_else(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_names_and_no_offsets() {
        for (line, expected) in [
            ("    0:   0x65d1 - abort", "    0: abort"),
            (
                "   12: 0x1 - m!<wasm function 3>",
                "   12: m!<wasm function 3>",
            ),
            ("    0: m!f", "    0: m!f"),
            (
                "                 - core::inlined",
                "                 - core::inlined",
            ),
            (
                "            at a:\\b - c.rs:5:3",
                "            at a:\\b - c.rs:5:3",
            ),
        ] {
            assert_eq!(without_offset(line), expected);
        }
    }
}
