//! Short questions to a program: its version, where another one is.

use std::io;
use std::time::Duration;

use super::{Child, Exit, Source, Spec};
use crate::sandbox::limits::{Limits, Violation};

/// Runs the child to its end and returns what it printed, both streams
/// together, when it succeeded.
///
/// # Errors
/// It cannot start, fails, or takes longer than half a minute.
pub(crate) fn query(spec: &Spec) -> io::Result<String> {
    // On a thread of its own: whoever asks may be driven by a runtime already, and
    // such a thread cannot wait for another one.
    std::thread::scope(|scope| {
        let asking = std::thread::Builder::new().spawn_scoped(scope, || ask(spec))?;
        asking
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn ask(spec: &Spec) -> io::Result<String> {
    let limits = Limits {
        child_output: 1 << 20,
        child_time: Duration::from_secs(30),
        ..Limits::default()
    };
    let mut child = Child::spawn(spec, &limits, &Violation::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let mut answer = [String::new(), String::new()];
        while let Some(line) = child.next_line().await {
            let stream = &mut answer[usize::from(line.source == Source::Stderr)];
            stream.push_str(&line.text);
            stream.push('\n');
        }
        let [stdout, stderr] = answer;
        match child.wait().await? {
            Exit::Code(0) => Ok(stdout + &stderr),
            exit => Err(io::Error::other(format!("{exit:?}: {}", stderr.trim()))),
        }
    })
}
