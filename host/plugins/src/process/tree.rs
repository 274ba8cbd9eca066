//! A child and all its descendants: one process group.

/// Ends every process of the group that `leader` began. The leader must not
/// have been reaped, or its number could name another group by now.
pub(super) fn kill(leader: u32) {
    signal::kill(leader);
}

/// Stops every process of the group where it is, until [`resume`]. The same
/// holds for the leader.
pub(super) fn stop(leader: u32) {
    signal::stop(leader);
}

/// Lets a stopped group go on.
pub(super) fn resume(leader: u32) {
    signal::resume(leader);
}

#[cfg(unix)]
mod signal {
    use rustix::process::{Pid, Signal, kill_process_group};

    pub(super) fn kill(leader: u32) {
        send(leader, Signal::KILL);
    }

    pub(super) fn stop(leader: u32) {
        send(leader, Signal::STOP);
    }

    pub(super) fn resume(leader: u32) {
        send(leader, Signal::CONT);
    }

    fn send(leader: u32, signal: Signal) {
        if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
            // Fails only where the group is gone, and then nothing is left to do.
            kill_process_group(pid, signal).ok();
        }
    }
}

#[cfg(not(unix))]
mod signal {
    pub(super) fn kill(_leader: u32) {}
    pub(super) fn stop(_leader: u32) {}
    pub(super) fn resume(_leader: u32) {}
}

/// Waits until `leader` has ended and leaves it to be reaped.
#[cfg(unix)]
pub(super) fn wait_unreaped(leader: u32) {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) else {
        return;
    };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(pid), options) {}
}

/// How many processes and threads the whole system has (proc_loadavg(5)); 0
/// where it does not tell.
#[cfg(target_os = "linux")]
pub(super) fn system_tasks() -> usize {
    let total = |text: String| {
        let (_, total) = text.split_whitespace().nth(3)?.split_once('/')?;
        total.parse().ok()
    };
    std::fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(total)
        .unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn system_tasks() -> usize {
    0
}

/// How many processes the group has, where the system tells.
#[cfg(target_os = "linux")]
pub(super) fn count(leader: u32) -> usize {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return 0;
    };
    entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            let name = name.to_str()?;
            name.starts_with(|c: char| c.is_ascii_digit())
                .then_some(())?;
            let stat = std::fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
            // `pid (comm) state ppid pgrp …`; comm may hold anything but ends
            // at the last parenthesis (proc_pid_stat(5)).
            let group: u32 = stat
                .rsplit_once(')')?
                .1
                .split_whitespace()
                .nth(2)?
                .parse()
                .ok()?;
            (group == leader).then_some(())
        })
        .count()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn count(_leader: u32) -> usize {
    0
}
