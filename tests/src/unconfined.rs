//! A system that cannot confine anything.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::process::Command;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

/// Lets a command find a kernel that has no Landlock.
///
/// # Panics
/// The system cannot filter system calls, and so is one of those itself.
pub fn without_landlock(command: &mut Command) {
    let missing = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    let calls = BTreeMap::from([(libc::SYS_landlock_create_ruleset, Vec::new())]);
    let arch = TargetArch::try_from(std::env::consts::ARCH).expect("a known processor");
    let filter = SeccompFilter::new(calls, SeccompAction::Allow, missing, arch)
        .and_then(BpfProgram::try_from)
        .expect("a filter");
    let before_exec =
        move || seccompiler::apply_filter(&filter).map_err(|_| std::io::Error::last_os_error());
    // SAFETY: between fork and exec only async-signal-safe functions may run. The
    // closure makes two system calls with what was prepared above.
    unsafe { command.pre_exec(before_exec) };
}
