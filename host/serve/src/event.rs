//! What a server tells whoever started it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use run_runtime::sandbox::Denial;

/// Something that happened. It is told on the threads that answer requests, and
/// must not keep them.
#[derive(Debug)]
pub enum Event<'a> {
    /// Requests are answered from now on.
    Listening {
        /// The address, with its port where any was asked for.
        address: SocketAddr,
        /// That of the figures.
        metrics: Option<SocketAddr>,
    },
    /// A request is done with.
    Access(&'a Access),
    /// A line that a component wrote.
    Guest(&'a str),
    /// A component failed.
    Failed(&'a run_runtime::Error),
    /// A component tried what it may not, for the first time.
    Denied(&'a Denial),
    /// New requests go to a new app.
    Reloaded,
    /// The server is to stop; these many requests are being answered.
    Draining(usize),
    /// It has stopped; these many requests were not done in time.
    Stopped(usize),
}

/// A request that is done with, for the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who asked.
    pub peer: IpAddr,
    /// How.
    pub method: String,
    /// For what: path and query, with what does not print escaped.
    pub path: String,
    /// The status of the response; 499 where the client went before there was
    /// one (as nginx has it).
    pub status: u16,
    /// Bytes of the response's body that were sent.
    pub sent: u64,
    /// Whether the response ended before it was whole.
    pub cut: bool,
    /// From the request's headers to the response's end.
    pub took: Duration,
}
