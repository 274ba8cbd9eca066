//! One running child.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc as sync_mpsc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};

use super::confine::{self, Policy};
use super::{output, tree};
use crate::sandbox::limits::{Limits, Violation};
use crate::sandbox::refusals::Judge;

/// Everything that decides how a child starts.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) directory: PathBuf,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) policy: Policy,
    /// What messages call it: the tool's id.
    pub(crate) name: String,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Code(i32),
    Signal(i32),
    TimedOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Stdout,
    Stderr,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) source: Source,
    pub(crate) text: String,
}

/// A child whose whole process tree ends with this handle.
pub struct Child {
    lines: mpsc::Receiver<Line>,
    exit: watch::Receiver<Option<Result<Exit, Arc<io::Error>>>>,
    leader: Arc<Leader>,
    /// What it may do, to tell what of it the kernel refused.
    pub(crate) policy: Policy,
    pub(crate) judge: Judge,
}

/// The first process of the group, until it is reaped.
struct Leader {
    pid: u32,
    reaped: std::sync::Mutex<bool>,
    timed_out: AtomicBool,
}

impl Leader {
    fn kill(&self) {
        self.unless_reaped(tree::kill);
    }

    /// Ends the tree and tells so if it has more than `most` processes. It
    /// stands still while it is counted: a bomb would double several times
    /// meanwhile.
    fn end_beyond(&self, most: usize) -> bool {
        let mut exceeds = false;
        self.unless_reaped(|pid| {
            tree::stop(pid);
            exceeds = tree::count(pid) > most;
            if exceeds {
                tree::kill(pid);
            } else {
                tree::resume(pid);
            }
        });
        exceeds
    }

    /// Does something to the group while its number is certainly its own.
    fn unless_reaped(&self, act: impl FnOnce(u32)) {
        if let Ok(reaped) = self.reaped.lock()
            && !*reaped
        {
            act(self.pid);
        }
    }
}

impl Child {
    /// Starts the child and the threads that read, watch and reap it.
    pub(crate) fn spawn(spec: &Spec, limits: &Limits, violation: &Violation) -> io::Result<Self> {
        let mut command = Command::new(&spec.program);
        command
            .args(&spec.arguments)
            .current_dir(&spec.directory)
            .env_clear()
            .envs(&spec.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        confine::apply(&spec.policy, &mut command)?;
        let process = command.spawn()?;
        let leader = Arc::new(Leader {
            pid: process.id(),
            reaped: std::sync::Mutex::new(false),
            timed_out: AtomicBool::new(false),
        });

        let child = Self::watched(process, leader.clone(), spec, limits, violation);
        if child.is_err() {
            // A machine without a thread to spare must not keep the child.
            leader.kill();
        }
        child
    }

    fn watched(
        mut process: std::process::Child,
        leader: Arc<Leader>,
        spec: &Spec,
        limits: &Limits,
        violation: &Violation,
    ) -> io::Result<Self> {
        // Bounded, so that a plugin that does not read slows its child down
        // instead of filling this process's memory.
        let (send, lines) = mpsc::channel(256);
        let printed = Arc::new(AtomicU64::new(0));
        let pipes: [(Source, Option<Box<dyn io::Read + Send>>); 2] = [
            (
                Source::Stdout,
                process.stdout.take().map(|pipe| Box::new(pipe) as _),
            ),
            (
                Source::Stderr,
                process.stderr.take().map(|pipe| Box::new(pipe) as _),
            ),
        ];
        for (source, pipe) in pipes {
            let Some(pipe) = pipe else { continue };
            let (send, printed) = (send.clone(), printed.clone());
            let (leader, violation) = (leader.clone(), violation.clone());
            let (cap, name) = (limits.child_output, spec.name.clone());
            thread("reads a child", move || {
                output::read_lines(pipe, |text| {
                    let length = text.len() as u64 + 1;
                    if printed.fetch_add(length, Ordering::Relaxed) + length > cap {
                        violation.note(format!(
                            "its child `{name}` printed more than {} MiB",
                            cap >> 20
                        ));
                        leader.kill();
                        return false;
                    }
                    // Where nobody listens any more the pipe is still drained, so
                    // that the child never blocks on it.
                    send.blocking_send(Line { source, text }).ok();
                    true
                });
            })?;
        }

        let (ended, end) = sync_mpsc::channel::<()>();
        let watched = leader.clone();
        let (limits, violation, name) = (limits.clone(), violation.clone(), spec.name.clone());
        thread("watches a child", move || {
            watch(&watched, &limits, &violation, &name, &end)
        })?;

        let (exited, exit) = watch::channel(None);
        let waited = leader.clone();
        thread("waits for a child", move || {
            #[cfg(unix)]
            {
                tree::wait_unreaped(waited.pid);
                // What it left running ends with it.
                tree::kill(waited.pid);
            }
            let status = {
                let mut reaped = waited.reaped.lock().unwrap_or_else(|e| e.into_inner());
                let status = process.wait();
                *reaped = true;
                status
            };
            drop(ended);
            let timed_out = waited.timed_out.load(Ordering::SeqCst);
            exited.send_replace(Some(match status {
                Ok(_) if timed_out => Ok(Exit::TimedOut),
                Ok(status) => Ok(classify(status)),
                Err(error) => Err(Arc::new(error)),
            }));
        })?;
        Ok(Self {
            lines,
            exit,
            leader,
            policy: spec.policy.clone(),
            judge: Judge::default(),
        })
    }

    /// The next line of either stream; `None` once both are closed.
    pub(crate) async fn next_line(&mut self) -> Option<Line> {
        self.lines.recv().await
    }

    /// How it ended. Lines not read are dropped.
    pub(crate) async fn wait(&mut self) -> io::Result<Exit> {
        // Nobody will read them now, and a full channel would hold the child.
        self.lines.close();
        while self.lines.try_recv().is_ok() {}
        match self
            .exit
            .wait_for(Option::is_some)
            .await
            .map(|exit| exit.clone())
        {
            Ok(Some(Ok(exit))) => Ok(exit),
            Ok(Some(Err(error))) => Err(io::Error::new(error.kind(), error.to_string())),
            Ok(None) | Err(_) => Err(io::Error::other("the thread that waits for it is gone")),
        }
    }

    /// Ends the whole tree.
    pub(crate) fn kill(&self) {
        self.leader.kill();
    }

    /// A handle that can end the tree from elsewhere.
    pub(crate) fn killer(&self) -> impl Fn() + Send + Sync + use<> {
        let leader = self.leader.clone();
        move || leader.kill()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.leader.kill();
    }
}

/// A thread that is an error where it cannot be had, and not a panic.
fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .stack_size(256 * 1024)
        .spawn(body)
        .map(drop)
}

/// Ends the child when it runs too long or has too many processes.
fn watch(
    leader: &Leader,
    limits: &Limits,
    violation: &Violation,
    name: &str,
    end: &sync_mpsc::Receiver<()>,
) {
    // Often enough that children which multiply are met while they are few.
    // Looking at every process that often would cost a build more than it may;
    // the system's own count is one small read, and tells when to look.
    const EVERY: Duration = Duration::from_millis(10);
    // Ahead of what it watches, where this user may say so: a thread that waits
    // its turn behind thousands of processes is late.
    #[cfg(target_os = "linux")]
    rustix::process::setpriority_process(None, -10).ok();
    let until = Instant::now() + limits.child_time;
    let most = limits.child_processes;
    let before = tree::system_tasks();
    while let Err(sync_mpsc::RecvTimeoutError::Timeout) = end.recv_timeout(EVERY) {
        if Instant::now() >= until {
            leader.timed_out.store(true, Ordering::SeqCst);
            leader.kill();
        }
        if tree::system_tasks() > before + most && leader.end_beyond(most) {
            violation.note(format!("its child `{name}` had more than {most} processes"));
        }
    }
}

#[cfg(unix)]
fn classify(status: std::process::ExitStatus) -> Exit {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    }
}

#[cfg(not(unix))]
fn classify(status: std::process::ExitStatus) -> Exit {
    Exit::Code(status.code().unwrap_or(1))
}
