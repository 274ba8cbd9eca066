//! Running a future on this thread, for no longer than it may take.

use std::cell::RefCell;
use std::future::Future;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

/// One runtime a thread, made when it is first needed: a component that waits
/// for nothing never pays for it.
struct Local(Option<Runtime>);

impl Drop for Local {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // A system call that does not return must not keep the thread.
            runtime.shutdown_background();
        }
    }
}

thread_local! {
    static LOCAL: RefCell<Local> = const { RefCell::new(Local(None)) };
}

/// Why a future has no outcome.
#[derive(Debug)]
pub(crate) enum Unfinished {
    /// Its time was up.
    Late,
    /// The system has no means to wait with.
    Runtime(std::io::Error),
}

/// Waits for `future`, until `until` where that is given.
pub(crate) fn wait<F: Future>(future: F, until: Option<Instant>) -> Result<F::Output, Unfinished> {
    LOCAL.with_borrow_mut(|local| {
        let runtime = match &mut local.0 {
            Some(runtime) => runtime,
            none => {
                let made = Builder::new_current_thread().enable_all().build();
                none.insert(made.map_err(Unfinished::Runtime)?)
            }
        };
        runtime.block_on(async {
            match until {
                None => Ok(future.await),
                Some(until) => tokio::time::timeout_at(until.into(), future)
                    .await
                    .map_err(|_| Unfinished::Late),
            }
        })
    })
}
