//! Ctrl-C: what it does depends on what runs.

use std::sync::{Mutex, Once};

use run_plugins::cancel::Cancel;

use crate::failure::{self, INTERRUPTED};
use crate::shell::Shell;

type Action = Box<dyn FnMut() + Send>;

/// What the next Ctrl-C does. The process has one handler for all its life, so
/// that a command can build first and then do something else.
static ACTION: Mutex<Option<Action>> = Mutex::new(None);

/// A request to stop that the first Ctrl-C makes from now on; the second ends
/// the program.
pub(crate) fn cancel_on_interrupt() -> Cancel {
    let cancel = Cancel::default();
    let handler = cancel.clone();
    on_interrupt(Box::new(move || {
        if handler.is_cancelled() {
            std::process::exit(i32::from(INTERRUPTED));
        }
        handler.cancel();
    }));
    cancel
}

/// Ends the program at the first Ctrl-C from now on: for commands that leave
/// nothing half done wherever they are stopped.
pub(crate) fn exit_on_interrupt(shell: &Shell) {
    let shell = shell.clone();
    on_interrupt(Box::new(move || {
        failure::interrupted(&shell);
        shell.exit(INTERRUPTED);
    }));
}

fn on_interrupt(action: Action) {
    static HANDLER: Once = Once::new();
    *ACTION.lock().unwrap_or_else(|e| e.into_inner()) = Some(action);
    HANDLER.call_once(|| {
        // Fails only where the system has no signals; then Ctrl-C just ends us.
        ctrlc::set_handler(|| {
            if let Some(action) = ACTION.lock().unwrap_or_else(|e| e.into_inner()).as_mut() {
                action();
            }
        })
        .ok();
    });
}
