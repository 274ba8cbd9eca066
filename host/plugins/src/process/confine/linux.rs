//! Linux: Landlock for files and signals, seccomp for system calls.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use landlock::{
    ABI, Access, AccessFs, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    Scope,
};

use super::{Policy, Rules, Support, calls, syscalls, system_files};

/// The newest rules this code knows; an older kernel applies those it has.
const RULES: ABI = ABI::V6;

pub(super) fn support() -> Support {
    match ruleset(&Policy::default()) {
        Ok(Some(_)) => match syscalls::filters(false) {
            Ok(_) => Support::Full,
            Err(reason) => Support::Missing(format!("no system call filter: {reason}")),
        },
        Ok(None) => Support::Missing("the kernel has no Landlock".to_owned()),
        Err(error) => Support::Missing(format!("Landlock: {error}")),
    }
}

pub(super) fn rules() -> Rules {
    Rules {
        landlock: calls::landlock_abi(),
        seccomp: std::path::Path::new("/proc/sys/kernel/seccomp/actions_avail").exists(),
    }
}

pub(super) fn apply(policy: &Policy, command: &mut Command) -> io::Result<()> {
    // All that allocates or opens happens here, before the fork.
    let ruleset = ruleset(policy).map_err(io::Error::other)?;
    let filters = syscalls::filters(policy.network).unwrap_or_default();
    let parent = std::process::id();
    let before_exec = move || {
        calls::own_group()?;
        calls::die_with(parent)?;
        calls::no_core_dumps()?;
        calls::drop_capabilities()?;
        calls::no_new_privileges()?;
        if let Some(ruleset) = &ruleset {
            calls::restrict_self(ruleset)?;
        }
        for filter in &filters {
            seccompiler::apply_filter(filter).map_err(|_| io::Error::last_os_error())?;
        }
        Ok(())
    };
    // SAFETY: between fork and exec only async-signal-safe functions may run.
    // The closure makes plain system calls on values prepared above; it neither
    // allocates nor takes a lock.
    unsafe { command.pre_exec(before_exec) };
    Ok(())
}

/// The rules for this policy, or `None` where the kernel has no Landlock.
fn ruleset(policy: &Policy) -> Result<Option<OwnedFd>, landlock::RulesetError> {
    let read = AccessFs::from_read(RULES);
    let all = AccessFs::from_all(RULES);
    let mut ruleset = Ruleset::default()
        .handle_access(all)?
        .scope(Scope::AbstractUnixSocket | Scope::Signal)?
        .create()?;
    let system: Vec<_> = system_files().collect();
    let device = BitFlags::from(AccessFs::WriteFile) | AccessFs::ReadFile;
    let rules = system
        .iter()
        .map(|path| (path.as_path(), read))
        .chain([(Path::new("/dev/null"), device)])
        .chain(policy.read.iter().map(|path| (path.as_path(), read)))
        .chain(policy.write.iter().map(|path| (path.as_path(), all)))
        .chain(policy.write_files.iter().map(|path| {
            let file = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
            (path.as_path(), file)
        }));
    for (path, access) in rules {
        // What is not there cannot be touched either way.
        if let Ok(fd) = PathFd::new(path) {
            let access = if path.is_dir() {
                access
            } else {
                access & AccessFs::from_file(RULES)
            };
            ruleset = ruleset.add_rule(PathBeneath::new(fd, access))?;
        }
    }
    Ok(ruleset.into())
}
