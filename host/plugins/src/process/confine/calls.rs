//! What a child does to itself between fork and exec: system calls and nothing
//! else, since neither memory nor locks may be touched there.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

/// A Ctrl-C on the terminal is for the host, which then ends the group.
pub(super) fn own_group() -> io::Result<()> {
    // SAFETY: takes and returns integers.
    check(unsafe { libc::setpgid(0, 0) })
}

/// Dies with the host even if that is killed outright.
pub(super) fn die_with(parent: u32) -> io::Result<()> {
    // SAFETY: takes and returns integers.
    check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) })?;
    // SAFETY: takes nothing and cannot fail.
    if unsafe { libc::getppid() } != parent.cast_signed() {
        // It died before the request was in place.
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Ok(())
}

pub(super) fn no_core_dumps() -> io::Result<()> {
    let none = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the pointer is to a value of this frame, which is only read.
    check(unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) })
}

/// Root keeps what makes its own files its own (`CHOWN`, `DAC_OVERRIDE`,
/// `FOWNER`, `FSETID`: capabilities(7)) and loses the rest, of which several
/// reach around the rules below: with `PERFMON` alone a process reads the
/// environment of any other.
pub(super) fn drop_capabilities() -> io::Result<()> {
    const KEPT: [libc::c_ulong; 4] = [0, 1, 3, 4];
    // SAFETY: takes nothing and cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return Ok(());
    }
    for capability in (0..64).filter(|capability| !KEPT.contains(capability)) {
        // SAFETY: takes and returns integers.
        let dropped = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
        match check(dropped) {
            // Beyond the last one that this kernel has.
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => return Ok(()),
            other => other?,
        }
    }
    Ok(())
}

pub(super) fn no_new_privileges() -> io::Result<()> {
    // SAFETY: takes and returns integers.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })
}

/// The `landlock` crate's own call allocates for its report.
pub(super) fn restrict_self(ruleset: &OwnedFd) -> io::Result<()> {
    // SAFETY: takes and returns integers; the descriptor is open.
    check(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0) })
}

/// The version of the kernel's Landlock interface (landlock_create_ruleset(2)).
pub(super) fn landlock_abi() -> Option<u32> {
    const VERSION: libc::c_ulong = 1;
    // SAFETY: with this flag the call takes no ruleset, and returns a number.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<libc::c_void>(),
            0_usize,
            VERSION,
        )
    };
    u32::try_from(version).ok().filter(|version| *version > 0)
}

fn check(result: impl Into<i64>) -> io::Result<()> {
    if result.into() == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
