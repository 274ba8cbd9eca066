//! Why a store did not answer as it should.

use miette::Diagnostic;
use run_files::Digest;

/// Why a store did not answer as it should.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum RemoteError {
    /// The address is none that can be used.
    #[error("`{url}` is not the address of a store: {reason}")]
    #[diagnostic(code(run::remote::address))]
    Address {
        /// As it was given.
        url: String,
        /// Why not.
        reason: String,
    },

    /// It could not be reached, or stopped answering.
    #[error("`{host}` cannot be reached: {reason}")]
    #[diagnostic(code(run::remote::unreachable))]
    Unreachable {
        /// Where it should be.
        host: String,
        /// Why not.
        reason: String,
    },

    /// It wants to know who asks, or does not like the answer.
    #[error("`{host}` refused access ({status})")]
    #[diagnostic(code(run::remote::access), help("{help}"))]
    Access {
        /// Where.
        host: String,
        /// The HTTP status, and the store's word for it where it is a known one.
        status: String,
        /// Where credentials come from.
        help: String,
    },

    /// It answered with something else than was asked for.
    #[error("`{host}` answered {status}")]
    #[diagnostic(code(run::remote::answer))]
    Answer {
        /// Where.
        host: String,
        /// The HTTP status, and the store's word for it where it is a known one.
        status: String,
    },

    /// It does not keep to the protocol.
    #[error("`{host}` does not answer as such a store does: {reason}")]
    #[diagnostic(code(run::remote::protocol))]
    Protocol {
        /// Where.
        host: String,
        /// How not.
        reason: String,
    },

    /// It sent more than there can be.
    #[error("`{host}` sent more than {limit} bytes where no more can be")]
    #[diagnostic(code(run::remote::size))]
    TooLarge {
        /// Where.
        host: String,
        /// What there can be at most.
        limit: u64,
    },

    /// What it sent is not what was asked for.
    #[error("`{host}` sent {found} instead of {wanted}")]
    #[diagnostic(code(run::remote::digest))]
    Digest {
        /// Where.
        host: String,
        /// What was asked for.
        wanted: Digest,
        /// What came.
        found: Digest,
    },
}
