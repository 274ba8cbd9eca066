//! Ctrl-C, and what is left after it.

use std::cell::Cell;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Far longer than anything takes; whoever waits gives up then.
const PATIENCE: u32 = 6000;

/// Starts a command, presses Ctrl-C once it is `ready`, and gives its exit code
/// and what it said on stderr.
///
/// # Panics
/// It does not start, ends before, or never becomes ready.
pub fn interrupt(command: &mut Command, ready: impl Fn() -> bool) -> (Option<i32>, String) {
    let mut child = command.stderr(Stdio::piped()).spawn().expect("it starts");
    let id = child.id().to_string();
    let ended = Cell::new(false);
    let came = wait(&mut || {
        ended.set(child.try_wait().is_ok_and(|status| status.is_some()));
        ended.get() || ready()
    });
    if !came || ended.get() {
        child.kill().ok();
        panic!("it did not come so far, or ended before");
    }
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.expect("kill runs").success(), "it had ended");
    let mut said = String::new();
    let mut stderr = child.stderr.take().expect("its stderr");
    stderr.read_to_string(&mut said).expect("UTF-8");
    (child.wait().expect("it ends").code(), said)
}

/// Whether something became so, in good time.
pub fn wait(so: &mut impl FnMut() -> bool) -> bool {
    for _ in 0..PATIENCE {
        if so() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

/// The command lines of processes that run in a directory or name it.
///
/// # Panics
/// The system does not tell.
#[must_use]
pub fn processes(about: &Path) -> Vec<String> {
    let entries = fs::read_dir("/proc").expect("a list of processes");
    entries
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            let line = fs::read(path.join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            let directory = fs::read_link(path.join("cwd")).unwrap_or_default();
            let is = line.contains(about.to_str()?) || directory.starts_with(about);
            // A process that has ended and waits for its parent has no line.
            (is && !line.is_empty()).then_some(line)
        })
        .collect()
}
