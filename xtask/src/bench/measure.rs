//! Wall time and peak memory of whole processes.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::step::Result;

/// Medians of one side of a pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// From spawn to exit.
    pub(crate) wall: Duration,
    /// Peak resident set, in KiB, as GNU time tells it.
    pub(crate) peak: u64,
}

/// Runs both commands `times` each, in turn, and gives the medians. What makes
/// the commands, and `before` ahead of each, is outside the measured time.
pub(crate) fn pair(
    times: usize,
    mut ours: impl FnMut() -> Result<Command>,
    mut theirs: impl FnMut() -> Result<Command>,
    mut before: impl FnMut() -> Result,
) -> Result<(Sample, Sample)> {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..times {
        before()?;
        a.push(once(ours()?)?);
        before()?;
        b.push(once(theirs()?)?);
    }
    Ok((median(a), median(b)))
}

/// Runs one command `times` and gives the median.
pub(crate) fn alone(times: usize, mut command: impl FnMut() -> Result<Command>) -> Result<Sample> {
    let samples = (0..times)
        .map(|_| once(command()?))
        .collect::<Result<_>>()?;
    Ok(median(samples))
}

fn median(mut samples: Vec<Sample>) -> Sample {
    samples.sort_by_key(|sample| sample.wall);
    let wall = samples[samples.len() / 2].wall;
    samples.sort_by_key(|sample| sample.peak);
    Sample {
        wall,
        peak: samples[samples.len() / 2].peak,
    }
}

fn once(mut command: Command) -> Result<Sample> {
    let line = format!("{command:?}");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let child = command
        .spawn()
        .map_err(|error| format!("{line}: {error}"))?;
    let (status, peak) = wait(child.id()).map_err(|error| format!("{line}: {error}"))?;
    let wall = start.elapsed();
    if status != 0 {
        return Err(format!("{line} failed (wait status {status})"));
    }
    Ok(Sample { wall, peak })
}

/// Reaps one child and tells its peak memory, which only `wait4` knows.
fn wait(pid: u32) -> std::io::Result<(i32, u64)> {
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both pointers are to memory of this frame, of the types the call
    // fills; all-zero is a valid `rusage`.
    let reaped = unsafe { libc::wait4(pid.cast_signed(), &mut status, 0, usage.as_mut_ptr()) };
    if reaped == -1 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: zeroed above, and filled by the call.
    let usage = unsafe { usage.assume_init() };
    Ok((status, u64::try_from(usage.ru_maxrss).unwrap_or(0)))
}

pub(crate) fn milliseconds(wall: Duration) -> String {
    format!("{:.2} ms", wall.as_secs_f64() * 1000.0)
}

pub(crate) fn mebibytes(kibibytes: u64) -> String {
    format!("{:.1} MiB", kibibytes as f64 / 1024.0)
}
