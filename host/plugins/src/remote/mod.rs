//! What the host adds to a provider's requests for its user: other addresses,
//! credentials, and secrets to be deployed. Nothing here reaches a plugin.

mod access;
mod credentials;
mod endpoints;
mod files;
mod helper;
mod placeholders;
mod probe;
mod secret;
mod sigv4;

pub use access::{Access, AccessError, User};
pub use endpoints::Override;
pub use helper::Helpers;
pub use probe::{Probe, probe};
pub use secret::Secret;

pub(crate) use credentials::Given;
pub(crate) use endpoints::Endpoint;
pub(crate) use endpoints::is_public;
pub(crate) use placeholders::Placeholders;
pub(crate) use secret::{Encoding, Mask};
pub(crate) use sigv4::sign;
