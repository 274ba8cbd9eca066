//! What schedules call: a path that runs the component as a command.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, header};
use run_runtime::sandbox::{Limits, Permissions, Stdio};
use run_runtime::{Furnish, Prepared};

use super::invocation::Invocation;
use crate::{app, log};

/// A command, and who may have it run.
pub(super) struct Job {
    path: String,
    /// Empty where nobody may.
    secret: Vec<u8>,
    component: Arc<Prepared>,
    sandbox: (Permissions, Limits),
}

impl Job {
    /// # Errors
    /// The component is no command.
    pub(super) fn new(
        entry: app::Job,
        component: Arc<Prepared>,
        sandbox: (Permissions, Limits),
    ) -> Result<Self, String> {
        if !component.is_command() {
            return Err(
                "schedules call a command, and the component is none: it exports no `wasi:cli/run`"
                    .to_owned(),
            );
        }
        let secret = std::env::var(&entry.secret).unwrap_or_default();
        Ok(Self {
            path: entry.path,
            secret: secret.into_bytes(),
            component,
            sandbox,
        })
    }

    pub(super) fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    /// Runs it to its end, for a caller who knows the secret.
    pub(super) async fn call(
        &self,
        headers: &HeaderMap,
        invocation: &Arc<Invocation>,
    ) -> StatusCode {
        if !knows(headers, &self.secret) {
            return StatusCode::UNAUTHORIZED;
        }
        let (component, told) = (self.component.clone(), invocation.clone());
        let (permissions, limits) = self.sandbox.clone();
        let ran = tokio::task::spawn_blocking(move || {
            let stdio = Stdio::lines(told.lines());
            let argv = ["app".to_owned()];
            let exited = component.run(Furnish {
                permissions: &permissions,
                limits: &limits,
                stdio: &stdio,
                argv: &argv,
            });
            let (denied, ran) = match exited {
                Ok(exited) if exited.code == 0 => (exited.observed.denied, Ok(())),
                Ok(exited) => {
                    let why = format!("the command ended with {}", exited.code);
                    (exited.observed.denied, Err(why))
                }
                Err(failed) => (failed.observed.denied, Err(failed.error.to_string())),
            };
            for denial in &denied {
                told.warn(&log::denied(denial));
            }
            ran
        });
        match ran.await.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(why) => {
                invocation.failed(&why);
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

/// How the platform says that a call is its schedule's:
/// <https://vercel.com/docs/cron-jobs/manage-cron-jobs#securing-cron-jobs>.
fn knows(headers: &HeaderMap, secret: &[u8]) -> bool {
    let given = headers.get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    !secret.is_empty() && given.is_some_and(|given| is_same(given, secret))
}

/// Without saying by the time it takes how much of it was right.
fn is_same(given: &[u8], secret: &[u8]) -> bool {
    let pairs = given.iter().zip(secret);
    let differs = pairs.fold(0, |differs, (a, b)| differs | (a ^ b));
    given.len() == secret.len() && differs == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_knows_the_secret_may_run_it() {
        let asks = |value: &'static str, secret: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            knows(&headers, secret.as_bytes())
        };
        assert!(asks("Bearer secret", "secret"));
        for wrong in ["Bearer secreT", "Bearer secret1", "Bearer ", "secret"] {
            assert!(!asks(wrong, "secret"), "{wrong}");
        }
        assert!(!asks("Bearer ", ""));
        assert!(!knows(&HeaderMap::new(), b"secret"));
    }
}
