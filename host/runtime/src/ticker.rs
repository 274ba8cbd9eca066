//! Moving an engine's epoch on, at which running guests yield.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Ticks every 10 ms until it is dropped.
pub struct Ticker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// Starts to tick.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(engine: &wasmtime::Engine) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let engine = engine.clone();
        let thread = std::thread::Builder::new()
            .name("epochs".to_owned())
            .spawn(move || {
                let every = Duration::from_millis(10);
                while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(every) {
                    engine.increment_epoch();
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
