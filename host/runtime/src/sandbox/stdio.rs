//! A guest's standard streams: this process's own, or memory; counted either
//! way, and never buffered.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use super::limits::Breach;
use super::lines::{Held, LineOutlet};
use super::observed::Seen;

/// Where a component's standard streams go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stdio {
    /// What it reads.
    pub stdin: Stdin,
    /// Where what it writes goes.
    pub output: Outlet,
}

/// Where what a component writes goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlet {
    /// To this process's own streams, as it comes.
    Inherit,
    /// Into memory.
    Capture,
    /// To a function, by whole lines: for guests that run side by side.
    Lines(LineOutlet),
}

/// What a component reads from its standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stdin {
    /// What this process is given.
    Inherit,
    /// These bytes, then the end.
    Bytes(Vec<u8>),
}

impl Stdio {
    /// This process's own streams.
    #[must_use]
    pub fn inherit() -> Self {
        Self {
            stdin: Stdin::Inherit,
            output: Outlet::Inherit,
        }
    }

    /// Output into memory, and nothing to read.
    #[must_use]
    pub fn capture() -> Self {
        Self {
            stdin: Stdin::Bytes(Vec::new()),
            output: Outlet::Capture,
        }
    }

    /// Output to `lines`, and nothing to read.
    #[must_use]
    pub fn lines(lines: LineOutlet) -> Self {
        Self {
            stdin: Stdin::Bytes(Vec::new()),
            output: Outlet::Lines(lines),
        }
    }
}

/// One of a guest's output streams; its clones are the same stream.
#[derive(Clone)]
pub(super) struct Sink {
    target: Target,
    written: Arc<Mutex<usize>>,
    limit: Option<usize>,
    seen: Arc<Seen>,
}

#[derive(Clone)]
enum Target {
    Stdout,
    Stderr,
    Memory(Arc<Mutex<Vec<u8>>>),
    Lines(Arc<Held>),
}

impl Sink {
    pub(super) fn stdout(outlet: &Outlet, limit: Option<usize>, seen: &Arc<Seen>) -> Self {
        Self::new(outlet, Target::Stdout, limit, seen)
    }

    pub(super) fn stderr(outlet: &Outlet, limit: Option<usize>, seen: &Arc<Seen>) -> Self {
        Self::new(outlet, Target::Stderr, limit, seen)
    }

    fn new(outlet: &Outlet, own: Target, limit: Option<usize>, seen: &Arc<Seen>) -> Self {
        Self {
            target: match outlet {
                Outlet::Inherit => own,
                Outlet::Capture => Target::Memory(Arc::default()),
                Outlet::Lines(outlet) => Target::Lines(Arc::new(Held::new(outlet))),
            },
            written: Arc::default(),
            limit,
            seen: seen.clone(),
        }
    }

    /// What was captured; empty where it was passed on.
    pub(super) fn captured(&self) -> Vec<u8> {
        match &self.target {
            Target::Memory(bytes) => bytes.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Target::Stdout | Target::Stderr | Target::Lines(_) => Vec::new(),
        }
    }

    /// Writes what the host has to say in the guest's name.
    pub(super) fn line(&self, line: &str) -> wasmtime::Result<()> {
        match self.put(line.as_bytes()) {
            Err(StreamError::Trap(error)) => Err(error),
            // Nobody reads it: not the guest's concern.
            Ok(()) | Err(StreamError::Closed | StreamError::LastOperationFailed(_)) => Ok(()),
        }
    }

    fn put(&self, bytes: &[u8]) -> StreamResult<()> {
        if let Some(limit) = self.limit {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            let left = limit - *written;
            if bytes.len() > left {
                // What fits is still written: it is what the user has to go by.
                self.pass_on(&bytes[..left])?;
                *written = limit;
                let breach = Breach::Output(limit);
                self.seen.breach(breach);
                return Err(StreamError::Trap(wasmtime::Error::msg(breach.to_string())));
            }
            *written += bytes.len();
        }
        self.pass_on(bytes)
    }

    fn pass_on(&self, bytes: &[u8]) -> StreamResult<()> {
        let passed = match &self.target {
            Target::Memory(memory) => {
                memory
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend_from_slice(bytes);
                return Ok(());
            }
            Target::Lines(held) => {
                held.take(bytes);
                return Ok(());
            }
            Target::Stdout => unbuffered(&mut io::stdout().lock(), bytes),
            Target::Stderr => unbuffered(&mut io::stderr().lock(), bytes),
        };
        passed.map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => StreamError::Closed,
            _ => StreamError::LastOperationFailed(error.into()),
        })
    }
}

fn unbuffered(stream: &mut dyn io::Write, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}

/// What a guest may write at once; it may write again at once as well.
const PERMIT: usize = 1 << 20;

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.put(&bytes)
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PERMIT)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Sink {
    async fn ready(&mut self) {}
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        match self.target {
            Target::Stdout => io::IsTerminal::is_terminal(&io::stdout()),
            Target::Stderr => io::IsTerminal::is_terminal(&io::stderr()),
            Target::Memory(_) | Target::Lines(_) => false,
        }
    }
}

impl StdoutStream for Sink {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for Sink {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(match self.put(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(StreamError::Closed) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(error) => Err(io::Error::other(error.to_string())),
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
