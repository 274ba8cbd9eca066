//! How a build is told to whoever watches.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use run_plugins::events::Events;

use crate::cache::CachedIn;
use crate::cause::Cause;
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
    /// It was built before from the same, and taken from there.
    Cached {
        /// Where it is.
        output: PathBuf,
        /// How large it is, in bytes.
        size: u64,
        /// How long it took to get.
        took: Duration,
        /// Where it came from.
        from: CachedIn,
    },
    /// It was there already and is valid.
    Prebuilt,
}

/// What is to become of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is what it would become.
    Fresh,
    /// It is taken from a cache.
    Cached(CachedIn),
    /// It is built.
    Build,
}

/// Why.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// What was decided.
    pub decision: Decision,
    /// What is not as it was at the last build here.
    pub causes: Vec<Cause>,
    /// What else there is to know: of the cache, of the inputs.
    pub remark: String,
}

/// Shows how a build goes. Called from several threads.
pub trait Reporter: Sync {
    /// What is to become of a component, and why. Comes before anything else
    /// about it.
    fn decided(&self, name: &str, explanation: &Explanation);
    /// A component is being built, because of `why`; what happens meanwhile
    /// goes to the events that are returned.
    fn started(&self, name: &str, why: &str) -> Arc<dyn Events>;
    /// A component is done.
    fn finished(&self, name: &str, outcome: &Outcome);
    /// Something is not as it should be, and the build goes on.
    fn warning(&self, message: &str);
    /// A component was not built.
    fn failed(&self, name: &str, error: &BuildError);
    /// Another build of this project is waited for.
    fn waiting(&self);
}
