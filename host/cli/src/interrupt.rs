//! Ctrl-C: the first asks what runs to stop, the second ends the program.

use run_plugins::cancel::Cancel;

use crate::failure::INTERRUPTED;

/// A request to stop that Ctrl-C makes from now on.
pub(crate) fn cancel_on_interrupt() -> Cancel {
    let cancel = Cancel::default();
    let handler = cancel.clone();
    // Fails only where a handler is set already; then that one stays.
    ctrlc::set_handler(move || {
        if handler.is_cancelled() {
            std::process::exit(i32::from(INTERRUPTED));
        }
        handler.cancel();
    })
    .ok();
    cancel
}
