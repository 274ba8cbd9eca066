//! What deploy providers share: requests to a platform's API, what it answers,
//! and what a failure of it is to the user.
//!
//! Nothing here knows a platform or a credential: the host adds credentials to
//! what is sent.

mod artifact;
pub mod body;
mod client;
mod error;
#[cfg(not(target_family = "wasm"))]
pub mod fake;
pub mod settings;
mod transport;

pub use artifact::artifact;
pub use client::{Answer, Client};
pub use error::{PlatformError, Said};
pub use transport::{Method, Request, Response, Transport, Wasi};
