//! Which plugins may use this person's credentials.
//!
//! What a plugin may do is agreed to in the project's lock file, which comes with
//! the project. That is enough for what stays in the project. A provider also
//! acts in the name of whoever runs it, so its digest must have been agreed to
//! on this machine too: with `plugin add`, or when `deploy` asks.

use std::path::PathBuf;

use run_files::{Digest, atomic, private};

/// Whether the plugin of this digest was agreed to here.
pub(crate) fn is_trusted(digest: &Digest) -> bool {
    file(digest)
        .is_some_and(|file| file.parent().is_some_and(private::is_dir) && private::is_file(&file))
}

/// Notes that it was. Where it cannot be written one is asked again.
pub(crate) fn trust(digest: &Digest) {
    if let Some(file) = file(digest)
        && let Some(directory) = file.parent()
        && private::make_dir(directory).is_ok()
    {
        atomic::write(&file, b"").ok();
    }
}

fn file(digest: &Digest) -> Option<PathBuf> {
    let directory = run_files::dirs::cache()?.join("trusted-plugins");
    Some(directory.join(digest.hex()))
}
