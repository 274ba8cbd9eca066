//! System calls that a build tool has no use for, or that would let it out.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// One filter for each answer; they are stacked, and the first that objects
/// wins.
pub(super) fn filters(network: bool) -> Result<Vec<BpfProgram>, String> {
    let mut filters = vec![
        filter(
            plain(&[libc::SYS_setsid, libc::SYS_setpgid]),
            // Told that it worked. What stays in its process group can be ended
            // whole; a daemon that left it would outlive its build.
            SeccompAction::Errno(0),
        )?,
        filter(
            plain(&[
                // Another process's memory, and the kernel's key store.
                libc::SYS_ptrace,
                libc::SYS_process_vm_readv,
                libc::SYS_process_vm_writev,
                libc::SYS_keyctl,
                libc::SYS_add_key,
                libc::SYS_request_key,
                // Interfaces that reach around a system call filter.
                libc::SYS_io_uring_setup,
                libc::SYS_bpf,
                libc::SYS_perf_event_open,
                libc::SYS_userfaultfd,
                // The shape of the file system.
                libc::SYS_mount,
                libc::SYS_umount2,
                libc::SYS_pivot_root,
                libc::SYS_move_mount,
                libc::SYS_open_tree,
                libc::SYS_fsopen,
                libc::SYS_mount_setattr,
            ]),
            SeccompAction::Errno(libc::EPERM.cast_unsigned()),
        )?,
    ];
    if !network {
        // Of any family: a local socket leads to a container engine or an agent.
        // Pairs stay, which connect a process to its own children only. The
        // error says what is so, and is told from that of a refused file.
        filters.push(filter(
            plain(&[libc::SYS_socket]),
            SeccompAction::Errno(libc::ENETDOWN.cast_unsigned()),
        )?);
    } else {
        let families = [
            libc::AF_UNIX,
            libc::AF_INET,
            libc::AF_INET6,
            libc::AF_NETLINK,
        ];
        let others = families
            .iter()
            .map(|family| {
                let family = u64::from(family.cast_unsigned());
                SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family)
            })
            .collect::<Result<Vec<_>, _>>()
            .and_then(SeccompRule::new)
            .map_err(|error| error.to_string())?;
        filters.push(filter(
            Rules::from([(libc::SYS_socket, vec![others])]),
            SeccompAction::Errno(libc::EACCES.cast_unsigned()),
        )?);
    }
    Ok(filters)
}

fn plain(calls: &[libc::c_long]) -> Rules {
    calls.iter().map(|call| (*call, Vec::new())).collect()
}

fn filter(rules: Rules, action: SeccompAction) -> Result<BpfProgram, String> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| error.to_string())?;
    SeccompFilter::new(rules, SeccompAction::Allow, action, arch)
        .and_then(BpfProgram::try_from)
        .map_err(|error| error.to_string())
}
