//! How every cargo is started.

use std::path::Path;

use run_plugin_api::process::Command;

/// A cargo command in a directory below the source tree or the cache, whose
/// output is read by this plugin whatever the user configured.
pub(crate) fn command(subcommand: &str, directory: &Path) -> Command {
    Command::new("cargo")
        .arg(subcommand)
        .current_dir(directory)
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_TERM_PROGRESS_WHEN", "never")
        .env("CARGO_TERM_QUIET", "false")
        // A wrapper named in the user's configuration is not a granted tool;
        // nothing instead of a name turns it off.
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "")
}
