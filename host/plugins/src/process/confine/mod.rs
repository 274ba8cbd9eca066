//! Confinement of child processes by the kernel: which files they may touch,
//! whether they may use the network, and that they stay in their process group.

use std::path::PathBuf;
use std::process::Command;

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(target_os = "linux")]
use linux as platform;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as platform;

/// What one child may do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    /// Files and directories it may read and execute; missing ones are skipped.
    pub(crate) read: Vec<PathBuf>,
    /// Directories below which it may do anything; missing ones are skipped.
    pub(crate) write: Vec<PathBuf>,
    /// Single files it may write.
    pub(crate) write_files: Vec<PathBuf>,
    /// Whether it may open sockets.
    pub(crate) network: bool,
}

/// How well this system can confine a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Support {
    /// Files and network.
    Full,
    /// Not, or not all of it; why.
    Missing(String),
}

/// What the kernel offers to confine with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The version of Landlock's interface, where there is one.
    pub landlock: Option<u32>,
    /// Whether system calls can be filtered.
    pub seccomp: bool,
}

/// Asks the kernel what it offers.
#[must_use]
pub fn rules() -> Rules {
    platform::rules()
}

/// Asks the kernel, once.
#[must_use]
pub fn support() -> &'static Support {
    static SUPPORT: std::sync::OnceLock<Support> = std::sync::OnceLock::new();
    SUPPORT.get_or_init(platform::support)
}

/// Makes `command` start confined. Where the system cannot confine, the
/// command is left as it is: whether that is acceptable was decided before, by
/// asking [`support`].
pub(crate) fn apply(policy: &Policy, command: &mut Command) -> std::io::Result<()> {
    platform::apply(policy, command)
}

/// What every program needs of the system: its loader and libraries, the
/// resolver's configuration and certificates, and harmless devices. Not the
/// rest of `/etc`, where passwords and keys are.
pub(crate) fn system_files() -> impl Iterator<Item = PathBuf> {
    const READ: &[&str] = &[
        "/usr",
        "/bin",
        "/sbin",
        "/lib",
        "/lib32",
        "/lib64",
        "/proc",
        "/sys/fs/cgroup",
        "/sys/devices/system/cpu",
        "/dev/urandom",
        "/dev/random",
        "/dev/zero",
        "/dev/null",
        "/nix/store",
        "/etc/alternatives",
        "/etc/ca-certificates",
        "/etc/crypto-policies",
        "/etc/debian_version",
        "/etc/gai.conf",
        "/etc/group",
        "/etc/host.conf",
        "/etc/hosts",
        "/etc/ld.so.cache",
        "/etc/ld.so.conf",
        "/etc/ld.so.conf.d",
        "/etc/localtime",
        "/etc/lsb-release",
        "/etc/mime.types",
        "/etc/nsswitch.conf",
        "/etc/passwd",
        "/etc/pki",
        "/etc/protocols",
        "/etc/resolv.conf",
        "/etc/services",
        "/etc/ssl",
        "/run/systemd/resolve",
    ];
    READ.iter().map(PathBuf::from)
}
