//! The build flow: which plugin builds a component, whether there is anything
//! to do, and how what the plugin made becomes the component in its place.

mod error;
mod finish;
mod inputs;
mod plugins;
mod record;
mod session;
mod spec;
mod wit;

pub use error::BuildError;
pub use plugins::{
    Available, Declared, DeclaredSource, Locked, Origin, PluginSet, PluginsError, Shipped,
};
pub use session::{Options, Outcome, Reporter, Session};
pub use spec::{Kind, ManifestText, Spec};
