//! Driving one call to its end: epochs, the plugin's own time, and stopping.

use std::future::Future;
use std::time::{Duration, Instant};

use run_runtime::Ticker;

use super::limits::{GuestClock, Limits, Violation};
use super::processes::Killers;
use crate::cancel::Cancel;
use crate::error::CallError;

/// What watches over a call from outside its store.
pub(crate) struct Watchdog {
    pub(crate) plugin: String,
    pub(crate) clock: GuestClock,
    pub(crate) violation: Violation,
    pub(crate) cancel: Cancel,
    pub(crate) killers: Killers,
    pub(crate) limits: Limits,
}

impl Watchdog {
    /// Runs `call` until it ends, breaks a rule, or is asked to stop. Whatever
    /// it still held (its store, its children) is gone on return.
    pub(crate) fn drive<T>(
        &self,
        engine: &wasmtime::Engine,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Result<T, CallError> {
        let failed = |source| CallError::Host {
            what: "cannot start a plugin's call".to_owned(),
            source,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let _ticker = Ticker::start(engine).map_err(failed)?;
        self.clock.run();
        let ended = runtime.block_on(self.race(call));
        self.clock.pause();
        match (ended, self.violation.get()) {
            (_, Some(rule)) => Err(CallError::Violation {
                plugin: self.plugin.clone(),
                rule,
            }),
            (None, None) => Err(CallError::Cancelled),
            (Some(Err(_)), None) if self.cancel.is_cancelled() => Err(CallError::Cancelled),
            (Some(Ok(value)), None) => Ok(value),
            (Some(Err(error)), None) => Err(CallError::Trap {
                plugin: self.plugin.clone(),
                reason: format!("{error:?}"),
            }),
        }
    }

    /// `None` where the call was abandoned.
    async fn race<T>(
        &self,
        call: impl Future<Output = wasmtime::Result<T>>,
    ) -> Option<wasmtime::Result<T>> {
        let mut call = std::pin::pin!(call);
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        let mut asked: Option<Instant> = None;
        loop {
            tokio::select! {
                ended = &mut call => return Some(ended),
                () = self.cancel.cancelled(), if asked.is_none() => {
                    self.killers.kill_all();
                    asked = Some(Instant::now());
                }
                _ = tick.tick() => {
                    if self.clock.spent() > self.limits.guest_time {
                        let seconds = self.limits.guest_time.as_secs_f32();
                        self.violation.note(format!(
                            "it ran for more than {seconds} s, not counting its children"
                        ));
                    }
                    let out_of_grace = asked.is_some_and(|at| at.elapsed() > self.limits.grace);
                    if out_of_grace || self.violation.get().is_some() {
                        self.killers.kill_all();
                        return None;
                    }
                }
            }
        }
    }
}
