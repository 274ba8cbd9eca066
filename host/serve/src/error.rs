//! Why a server does not start.

use std::net::SocketAddr;

use miette::Diagnostic;

/// An error of starting a server.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    #[diagnostic(code(run::serve::listen), help("{}", listen_help(.source)))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },

    /// The system has no threads, timers or signals to spare.
    #[error("the server cannot start: {source}")]
    #[diagnostic(code(run::serve::system))]
    System {
        /// The system's reason.
        #[from]
        source: std::io::Error,
    },
}

fn listen_help(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::AddrInUse => {
            "something else listens there: stop it, or choose another port; port 0 is any that is free"
        }
        std::io::ErrorKind::PermissionDenied => {
            "ports below 1024 take a privilege: choose a higher one"
        }
        std::io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address: `127.0.0.1` is for itself, `0.0.0.0` for everyone who can reach it"
        }
        _ => "choose another address",
    }
}
