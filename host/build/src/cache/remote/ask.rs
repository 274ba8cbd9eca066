//! Asking a store: never longer than the user waits, and not again once it
//! failed.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use run_files::Digest;
use run_plugins::cancel::Cancel;
use run_remote::{Patience, RemoteError};

use super::RemoteOptions;
use super::store::{NOTE, Store};

/// How long after Ctrl-C a request is left alone.
const LOOKS: Duration = Duration::from_millis(50);

pub(super) struct Line {
    options: Arc<RemoteOptions>,
    cancel: Cancel,
    /// Made when it is first needed; `None` inside once it failed.
    store: OnceLock<Mutex<Option<Arc<dyn Store>>>>,
    warnings: Mutex<Vec<String>>,
}

impl Line {
    pub(super) fn new(options: Arc<RemoteOptions>, cancel: Cancel) -> Self {
        Self {
            options,
            cancel,
            store: OnceLock::new(),
            warnings: Mutex::default(),
        }
    }

    /// A small text under a name: `None` where it cannot be asked for, and
    /// `Some(None)` where there is none.
    pub(super) fn note(&self, name: &str) -> Option<Option<Vec<u8>>> {
        let name = name.to_owned();
        self.ask(move |store| store.note(&name, NOTE))
    }

    /// A component, likewise.
    pub(super) fn artifact(&self, digest: Digest, size: u64) -> Option<Option<Vec<u8>>> {
        self.ask(move |store| store.artifact(digest, size))
    }

    /// Puts a text under a name, and first the component it names.
    pub(super) fn put(&self, name: String, note: Vec<u8>, artifact: Option<Vec<u8>>) -> Option<()> {
        self.ask(move |store| store.put(&name, &note, artifact.as_deref()))
    }

    /// What went wrong since this was last asked.
    pub(super) fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut *hold(&self.warnings))
    }

    pub(super) fn warn(&self, message: String) {
        let mut warnings = hold(&self.warnings);
        if !warnings.contains(&message) {
            warnings.push(message);
        }
    }

    fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Store) -> Result<T, RemoteError> + Send + 'static,
    ) -> Option<T> {
        let store = hold(self.store()).clone()?;
        // A request cannot be stopped; whoever waits for it can.
        let (send, answer) = mpsc::sync_channel(1);
        std::thread::spawn(move || send.send(ask(store.as_ref())));
        let answer = loop {
            match answer.recv_timeout(LOOKS) {
                Ok(answer) => break answer,
                Err(RecvTimeoutError::Timeout) if !self.cancel.is_cancelled() => {}
                Err(_) => return None,
            }
        };
        answer.map_err(|error| self.failed(&error)).ok()
    }

    fn store(&self) -> &Mutex<Option<Arc<dyn Store>>> {
        self.store.get_or_init(|| {
            let patience = Patience {
                answer: self.options.timeout,
                ..Patience::default()
            };
            let write = self.options.secret.is_some();
            match self.options.place.open(patience, write) {
                Ok(store) => Mutex::new(Some(Arc::from(store))),
                Err(error) => {
                    self.warn(format!("the remote build cache is not used: {error}"));
                    Mutex::default()
                }
            }
        })
    }

    fn failed(&self, error: &RemoteError) {
        // One entry is no good; that says nothing of the others.
        if let RemoteError::Digest { .. } | RemoteError::TooLarge { .. } = error {
            return self.warn(format!(
                "an entry of the remote build cache is not used: {error}"
            ));
        }
        // Others may have noticed at the same time; it is said once.
        if hold(self.store()).take().is_some() {
            let help = miette::Diagnostic::help(error)
                .map(|help| format!("\n  {help}"))
                .unwrap_or_default();
            self.warn(format!(
                "this build goes on without the remote build cache {}: {error}{help}",
                self.options.place
            ));
        }
    }
}

/// A panic elsewhere leaves nothing half done here.
fn hold<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
