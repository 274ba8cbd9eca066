//! Where the runner is: the static program that serves a component on machines
//! where `run` is not, one for each kind of them.

use std::path::{Path, PathBuf};

use crate::{dirs, private};

/// The kinds of machines there are runners for.
pub const TARGETS: [&str; 2] = ["x86_64-linux-musl", "aarch64-linux-musl"];

/// What compilers call one of [`TARGETS`].
#[must_use]
pub fn triple(target: &str) -> Option<&'static str> {
    match target {
        "x86_64-linux-musl" => Some("x86_64-unknown-linux-musl"),
        "aarch64-linux-musl" => Some("aarch64-unknown-linux-musl"),
        _ => None,
    }
}

/// The runner for `target` of a version of `run`: the one that was installed
/// beside the command, or else the one in the user's cache. `None` where there
/// is none that can be trusted.
#[must_use]
pub fn find(target: &str, version: &str) -> Option<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|command| {
        let beside = command.parent()?.join(name(target));
        // Whoever could write it could have written the command.
        beside.is_file().then_some(beside)
    });
    beside.or_else(|| kept(target, version).filter(|path| is_private(path)))
}

/// Its place in the user's cache; `None` where there is no cache.
#[must_use]
pub fn kept(target: &str, version: &str) -> Option<PathBuf> {
    let runners = dirs::cache()?.join("runners").join(version);
    Some(runners.join(name(target)))
}

fn name(target: &str) -> String {
    format!("run-runner-{target}")
}

fn is_private(path: &Path) -> bool {
    path.parent().is_some_and(private::is_dir) && private::is_file(path)
}
