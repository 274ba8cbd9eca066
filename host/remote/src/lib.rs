//! Stores of bytes on other machines: OCI registries and S3-compatible buckets.
//!
//! Nothing that comes from one is believed here but for its size and, where it
//! is asked for by digest, its content; who made it is for the caller to ask.
//! Connections are encrypted except to this machine itself, every answer is
//! bounded in size and every wait in time, credentials go to nobody but whom
//! they are for, and no text of a store is repeated in an error: it may have
//! been made of them.
//!
//! Requests to a bucket are signed by `run-sigv4`.

pub mod bucket;
mod credentials;
mod error;
mod http;
pub mod oci;

pub use credentials::Credentials;
pub use error::RemoteError;
pub use http::Patience;
