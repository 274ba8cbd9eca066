//! How a build is told to whoever watches.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use run_plugins::events::Events;

use crate::error::BuildError;

/// What became of one component.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Nothing had changed.
    Fresh,
    /// It was built.
    Built {
        /// Where it is.
        output: PathBuf,
        /// How large it is, in bytes.
        size: u64,
        /// How long it took.
        took: Duration,
    },
    /// It was there already and is valid.
    Prebuilt,
}

/// Shows how a build goes. Called from several threads.
pub trait Reporter: Sync {
    /// A component is being built, because of `why`; what happens meanwhile
    /// goes to the events that are returned.
    fn started(&self, name: &str, why: &str) -> Arc<dyn Events>;
    /// A component is done.
    fn finished(&self, name: &str, outcome: &Outcome);
    /// A component was not built.
    fn failed(&self, name: &str, error: &BuildError);
    /// Another build of this project is waited for.
    fn waiting(&self);
}
