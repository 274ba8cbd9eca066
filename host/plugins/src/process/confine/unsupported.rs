//! Systems whose kernel offers nothing this code uses.

use std::io;
use std::process::Command;

use super::{Policy, Rules, Support};

pub(super) fn support() -> Support {
    Support::Missing(format!(
        "nothing to confine with on {}",
        std::env::consts::OS
    ))
}

pub(super) fn rules() -> Rules {
    Rules {
        landlock: None,
        seccomp: false,
    }
}

pub(super) fn apply(_policy: &Policy, command: &mut Command) -> io::Result<()> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
    Ok(())
}
