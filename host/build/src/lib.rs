//! The build flow: which plugin builds a component, whether there is anything
//! to do, and how what the plugin made becomes the component in its place.

mod cache;
mod cause;
mod error;
mod facts;
mod finish;
mod inputs;
mod outside;
mod plugins;
mod record;
mod session;
mod spec;
mod toolchain;
mod wit;

pub use cache::{
    CacheMode, CacheOptions, CachedIn, KeyError, KeyId, PublicKey, RemoteOptions, RemotePlace,
    SecretKey, forget,
};
pub use cause::{Cause, CauseKind};
pub use error::BuildError;
pub use plugins::{
    Available, Declared, DeclaredSource, Locked, Origin, PluginSet, PluginsError, Shipped,
};
pub use session::{Decision, Explanation, Options, Outcome, Reporter, Session};
pub use spec::{Kind, ManifestText, Spec};
pub use toolchain::{Need, Wanted, granted};
