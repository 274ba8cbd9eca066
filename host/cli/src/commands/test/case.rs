//! One test: what is called, and whether what came of it was expected.

use std::sync::Arc;
use std::time::Duration;

use run_project::manifest::{ExpectedError, Test};
use run_runtime::call::{Failed, Output, Prepared};
use run_runtime::exports::ExportedFunction;
use run_runtime::sandbox::{Limits, Permissions, Stdio};
use run_runtime::values::Val;
use run_runtime::{Error, values};

/// A test that does not end is a test that fails.
const TIMEOUT: Duration = Duration::from_secs(60);

/// One test.
pub(super) struct Case {
    pub(super) name: String,
    component: Arc<Prepared>,
    call: Call,
    expect: Expect,
    timeout: Duration,
}

enum Call {
    Function { name: String, args: Vec<String> },
    Command { args: Vec<String> },
}

#[derive(Default)]
struct Expect {
    value: Option<String>,
    error: Option<ExpectedError>,
    stdout: Option<String>,
    exit: Option<u8>,
    discovered: bool,
}

/// What came of a test.
pub(super) struct Verdict {
    /// What was called and what it gave, for the report.
    pub(super) call: String,
    /// Why it failed; `None` where it passed.
    pub(super) failure: Option<String>,
    /// What the guest wrote.
    pub(super) output: Output,
}

impl Verdict {
    pub(super) fn passed(&self) -> bool {
        self.failure.is_none()
    }
}

impl Case {
    pub(super) fn declared(name: String, component: Arc<Prepared>, test: &Test) -> Self {
        let args = test.args.iter().map(|arg| arg.value.clone()).collect();
        Self {
            name,
            component,
            call: match &test.function {
                Some(function) => Call::Function {
                    name: function.value.clone(),
                    args,
                },
                None => Call::Command { args },
            },
            expect: Expect {
                value: test
                    .expected
                    .as_ref()
                    .map(|expected| expected.value.clone()),
                error: test
                    .expect_error
                    .as_ref()
                    .map(|expected| expected.value.clone()),
                stdout: test
                    .expected_stdout
                    .as_ref()
                    .map(|expected| expected.value.clone()),
                exit: test.expected_exit.as_ref().map(|expected| expected.value),
                discovered: false,
            },
            timeout: test.timeout.unwrap_or(TIMEOUT),
        }
    }

    pub(super) fn discovered(component: Arc<Prepared>, function: &ExportedFunction) -> Self {
        Self {
            name: function.name.clone(),
            component,
            call: Call::Function {
                name: function.full_name(),
                args: Vec::new(),
            },
            expect: Expect {
                discovered: true,
                ..Expect::default()
            },
            timeout: TIMEOUT,
        }
    }

    pub(super) fn run(&self) -> Verdict {
        let limits = Limits {
            timeout: Some(self.timeout),
            ..Limits::default()
        };
        match &self.call {
            Call::Function { name, args } => self.function(name, args, &limits),
            Call::Command { args } => self.command(args, &limits),
        }
    }

    fn function(&self, name: &str, args: &[String], limits: &Limits) -> Verdict {
        let shown = format!("{name}({})", args.join(", "));
        let prepared = self.component.function(name).and_then(|function| {
            let arguments = values::parse_all(name, &function.ty, args)?;
            Ok((function, arguments))
        });
        let (function, arguments) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Verdict::failed(shown, describe(&error), Output::default()),
        };
        let permissions = Permissions::default();
        match self
            .component
            .call(&function, &arguments, &permissions, limits)
        {
            Ok(returned) => {
                let text = returned.value.as_ref().map(values::to_text);
                let call = if self.expect.discovered {
                    "auto-discovered".to_owned()
                } else {
                    match &text {
                        Some(text) => format!("{shown} → {text}"),
                        None => shown,
                    }
                };
                let failure = self
                    .judge(&function, returned.value.as_ref())
                    .or_else(|| self.judge_output(&returned.output));
                Verdict {
                    call,
                    failure,
                    output: returned.output,
                }
            }
            Err(failed) => self.trapped(shown, failed),
        }
    }

    /// Why the returned value is not what was expected.
    fn judge(&self, function: &ExportedFunction, value: Option<&Val>) -> Option<String> {
        let error = match value {
            Some(Val::Result(Err(payload))) => {
                Some(payload.as_deref().map_or_else(String::new, values::to_text))
            }
            _ => None,
        };
        if let Some(expected) = &self.expect.error {
            return match (error, expected) {
                (None, _) => Some("expected an error, and the call succeeded".to_owned()),
                (Some(error), ExpectedError::Containing(text))
                    if !error.contains(text.as_str()) =>
                {
                    Some(format!("expected an error with `{text}`, got `{error}`"))
                }
                _ => None,
            };
        }
        if self.expect.discovered {
            return error.map(|error| format!("it returned the error `{error}`"));
        }
        let expected = self.expect.value.as_ref()?;
        let Some(ty) = function.ty.results().next() else {
            return Some(format!(
                "expected {expected}, and the function returns nothing"
            ));
        };
        let actual = value.map(values::to_text).unwrap_or_default();
        match values::parse_one(&ty, expected) {
            Err(why) => Some(format!("`expected` does not fit the function: {why}")),
            Ok(wanted) if value.is_some_and(|value| same(value, &wanted)) => None,
            Ok(_) => Some(format!("expected {expected}, got {actual}")),
        }
    }

    fn judge_output(&self, output: &Output) -> Option<String> {
        let expected = self.expect.stdout.as_ref()?;
        let actual = String::from_utf8_lossy(&output.stdout);
        (actual != expected.as_str())
            .then(|| format!("expected it to print {expected:?}, it printed {actual:?}"))
    }

    fn command(&self, args: &[String], limits: &Limits) -> Verdict {
        let mut argv = vec![self.component.name().to_owned()];
        argv.extend(args.iter().cloned());
        let shown = format!("run({})", args.join(", "));
        match self
            .component
            .run(&argv, &Permissions::default(), limits, Stdio::capture())
        {
            Ok(exited) => {
                let wanted = i32::from(self.expect.exit.unwrap_or(0));
                let failure = if self.expect.error.is_some() && exited.code == 0 {
                    Some("expected an error, and it exited with 0".to_owned())
                } else if self.expect.error.is_none() && exited.code != wanted {
                    Some(format!("expected exit code {wanted}, got {}", exited.code))
                } else {
                    self.judge_output(&exited.output)
                };
                Verdict {
                    call: format!("{shown} → exit {}", exited.code),
                    failure,
                    output: exited.output,
                }
            }
            Err(failed) => self.trapped(shown, failed),
        }
    }

    /// A trap fails a test, unless an error is what it expects.
    fn trapped(&self, shown: String, failed: Failed) -> Verdict {
        let error = describe(&failed.error);
        let expected = match &self.expect.error {
            Some(ExpectedError::Any) => matches!(failed.error, Error::Trap { .. }),
            Some(ExpectedError::Containing(text)) => {
                matches!(failed.error, Error::Trap { .. }) && error.contains(text.as_str())
            }
            None => false,
        };
        if expected {
            return Verdict {
                call: format!("{shown} → error"),
                failure: None,
                output: failed.output,
            };
        }
        Verdict::failed(shown, error, failed.output)
    }
}

impl Verdict {
    fn failed(call: String, why: String, output: Output) -> Self {
        Self {
            call,
            failure: Some(why),
            output,
        }
    }
}

/// An error in one line.
fn describe(error: &Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default().to_owned();
    match miette::Diagnostic::help(error) {
        Some(help) => format!("{line} ({help})"),
        None => line,
    }
}

/// Equality as a test means it: a NaN is the NaN that was expected.
fn same(a: &Val, b: &Val) -> bool {
    match (a, b) {
        (Val::Float32(a), Val::Float32(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Val::Float64(a), Val::Float64(b)) => a == b || (a.is_nan() && b.is_nan()),
        _ => a == b,
    }
}
