//! One test: what is called, and what came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use run_project::manifest::{ExpectedError, Test};
use run_runtime::call::Failed;
use run_runtime::exports::ExportedFunction;
use run_runtime::sandbox::{LimitKind, Limits, Outlet, Permissions, Stdin, Stdio};
use run_runtime::{Error, Furnish, Output, values};

use super::judge::Reason;
use super::select::Loaded;
use super::text;

/// A test that does not end is a test that fails.
const TIMEOUT: Duration = Duration::from_secs(60);

/// One test.
pub(super) struct Case {
    pub(super) name: String,
    /// The component's name in `run.toml`.
    pub(super) component: String,
    pub(super) call: Call,
    pub(super) expect: Expect,
    loaded: Arc<Loaded>,
    permissions: Permissions,
    stdin: Vec<u8>,
    timeout: Duration,
}

/// What a test calls.
pub(super) enum Call {
    /// An exported function; `shown` is how the test spells its name.
    Function {
        function: ExportedFunction,
        shown: String,
        args: Vec<String>,
    },
    /// The component as a command.
    Command { args: Vec<String> },
}

/// What must come of it.
#[derive(Default)]
pub(super) struct Expect {
    pub(super) value: Option<String>,
    pub(super) error: Option<ExpectedError>,
    pub(super) stdout: Option<String>,
    pub(super) stderr: Option<String>,
    pub(super) exit: Option<u8>,
    pub(super) discovered: bool,
}

/// What came of a test.
pub(super) struct Verdict {
    /// What was called and what it gave, for the report.
    pub(super) call: String,
    /// Why it failed; `None` where it passed.
    pub(super) failure: Option<Reason>,
    /// What the guest wrote, cut where it is too much to keep.
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// How long the call took.
    pub(super) took: Duration,
}

impl Verdict {
    fn new(call: String, failure: Option<Reason>, output: &Output, took: Duration) -> Self {
        Self {
            call: text::kept(call.as_bytes()),
            failure,
            stdout: text::kept(&output.stdout),
            stderr: text::kept(&output.stderr),
            took,
        }
    }

    pub(super) fn passed(&self) -> bool {
        self.failure.is_none()
    }
}

impl Case {
    pub(super) fn declared(name: String, loaded: Arc<Loaded>, call: Call, test: &Test) -> Self {
        let text = |text: &Option<run_project::Spanned<String>>| {
            text.as_ref().map(|text| text.value.clone())
        };
        Self {
            name,
            component: test.component.value.clone(),
            loaded,
            call,
            expect: Expect {
                value: text(&test.expected),
                error: test.expect_error.as_ref().map(|error| error.value.clone()),
                stdout: text(&test.expected_stdout),
                stderr: text(&test.expected_stderr),
                exit: test.expected_exit.as_ref().map(|exit| exit.value),
                discovered: false,
            },
            permissions: Permissions {
                environment: test.env.clone(),
                ..Permissions::default()
            },
            stdin: text(&test.stdin).unwrap_or_default().into_bytes(),
            timeout: test.timeout.unwrap_or(TIMEOUT),
        }
    }

    pub(super) fn discovered(
        component: &str,
        loaded: Arc<Loaded>,
        function: &ExportedFunction,
    ) -> Self {
        Self {
            name: function.full_name(),
            component: component.to_owned(),
            loaded,
            call: Call::Function {
                function: function.clone(),
                shown: function.full_name(),
                args: Vec::new(),
            },
            expect: Expect {
                discovered: true,
                ..Expect::default()
            },
            permissions: Permissions::default(),
            stdin: Vec::new(),
            timeout: TIMEOUT,
        }
    }

    pub(super) fn run(&self) -> Verdict {
        let limits = Limits {
            timeout: Some(self.timeout),
            ..Limits::default()
        };
        match &self.call {
            Call::Function {
                function,
                shown,
                args,
            } => self.function(function, shown, args, &limits),
            Call::Command { args } => self.command(args, &limits),
        }
    }

    fn stdio(&self) -> Stdio {
        Stdio {
            stdin: Stdin::Bytes(self.stdin.clone()),
            output: Outlet::Capture,
        }
    }

    fn furnish<'a>(
        &'a self,
        limits: &'a Limits,
        stdio: &'a Stdio,
        argv: &'a [String],
    ) -> Furnish<'a> {
        Furnish {
            permissions: &self.permissions,
            limits,
            stdio,
            argv,
        }
    }

    fn function(
        &self,
        function: &ExportedFunction,
        name: &str,
        args: &[String],
        limits: &Limits,
    ) -> Verdict {
        let shown = format!("{name}({})", args.join(", "));
        let started = Instant::now();
        let arguments = match self.loaded.prepared.arguments(function, args) {
            Ok(arguments) => arguments,
            Err(error) => return self.stopped(shown, error.into(), started),
        };
        let stdio = self.stdio();
        let furnish = self.furnish(limits, &stdio, &[]);
        let called = self.loaded.prepared.call(function, &arguments, furnish);
        let returned = match called {
            Ok(returned) => returned,
            Err(failed) => return self.stopped(shown, failed, started),
        };
        let took = started.elapsed();
        let value = returned.value.as_ref();
        let call = match value {
            _ if self.expect.discovered => "auto-discovered".to_owned(),
            Some(value) => format!("{shown} → {}", values::to_text(value)),
            None => shown,
        };
        let failure = self
            .expect
            .judge_value(function, value)
            .or_else(|| self.expect.judge_output(&returned.output));
        Verdict::new(call, failure, &returned.output, took)
    }

    fn command(&self, args: &[String], limits: &Limits) -> Verdict {
        let mut argv = vec![self.loaded.prepared.name().to_owned()];
        argv.extend(args.iter().cloned());
        let shown = format!("run({})", args.join(", "));
        let started = Instant::now();
        let stdio = self.stdio();
        let furnish = self.furnish(limits, &stdio, &argv);
        match self.loaded.prepared.run(furnish) {
            Ok(exited) => {
                let took = started.elapsed();
                let failure = self
                    .expect
                    .judge_exit(exited.code, &exited.output)
                    .or_else(|| self.expect.judge_output(&exited.output));
                let call = format!("{shown} → exit {}", exited.code);
                Verdict::new(call, failure, &exited.output, took)
            }
            Err(failed) => self.stopped(shown, failed, started),
        }
    }

    /// What did not return. A trap fails a test, unless an error is what it
    /// expects; a limit that was hit always does.
    fn stopped(&self, shown: String, failed: Failed, started: Instant) -> Verdict {
        let took = started.elapsed();
        let (mut reason, is_trap) = match &failed.error {
            Error::Trap {
                function,
                reason,
                backtrace,
            } => (Reason::trap(function, reason, backtrace), true),
            Error::Limit { breach, .. } if breach.kind() == LimitKind::Time => {
                let allowed = humane(self.timeout);
                let line = format!("timed out: it ran longer than its timeout of {allowed}");
                (Reason::line(line), false)
            }
            other => (Reason::line(described(other)), false),
        };
        let failure = match &self.expect.error {
            Some(expected) if is_trap => match expected {
                ExpectedError::Containing(text) if !reason.contains(text) => {
                    reason.line = format!("expected an error with `{text}`, got: {}", reason.line);
                    Some(reason)
                }
                _ => self.expect.judge_output(&failed.output),
            },
            _ => Some(reason),
        };
        let call = if failure.is_none() {
            format!("{shown} → error")
        } else {
            shown
        };
        Verdict::new(call, failure, &failed.output, took)
    }
}

/// An error in one line.
fn described(error: &Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default().to_owned();
    match miette::Diagnostic::help(error) {
        Some(help) => format!("{line} ({help})"),
        None => line,
    }
}

/// A span of time as `run.toml` spells it.
fn humane(time: Duration) -> String {
    match time.as_millis() {
        whole if whole % 1_000 == 0 => format!("{} s", whole / 1_000),
        milliseconds => format!("{milliseconds} ms"),
    }
}
