//! How a server is set up.

use std::net::SocketAddr;
use std::time::Duration;

/// The figures of a server. Those of one request's sandbox are its app's.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where it tells its figures, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// Requests that are answered at once; others wait.
    pub at_once: u32,
    /// How long a request waits for its turn before it is turned away.
    pub patience: Duration,
    /// Connections that are open at once; others wait in the system's queue.
    pub connections: usize,
    /// Bytes a request's body may have.
    pub request_body: u64,
    /// Bytes a response's body may have.
    pub response_body: u64,
    /// Bytes a request's headers may have, the request line included.
    pub headers: usize,
    /// How long a client may take to send them.
    pub header_time: Duration,
    /// How long requests may take to end once the server is to stop.
    pub drain: Duration,
}

impl Options {
    /// Requests at once, unless told otherwise.
    pub const AT_ONCE: u32 = 128;

    /// At `listen`: 128 requests at once, which wait 5 s for their turn, on
    /// 4,096 connections; bodies of 32 MiB in and of any size out; headers of
    /// 64 KiB, in 10 s; 30 s to end.
    #[must_use]
    pub fn at(listen: SocketAddr) -> Self {
        Self {
            listen,
            metrics: None,
            at_once: Self::AT_ONCE,
            patience: Duration::from_secs(5),
            connections: 4_096,
            request_body: 32 << 20,
            response_body: u64::MAX,
            headers: 64 << 10,
            header_time: Duration::from_secs(10),
            drain: Duration::from_secs(30),
        }
    }
}
