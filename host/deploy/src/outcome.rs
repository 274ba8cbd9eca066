//! What the steps give to whoever takes them.

use run_plugins::api::{Deployment, Proposal, State, Verb};

use crate::record::Record;
use crate::waiting::Checked;

/// What is being done, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The provider changes things.
    Applying,
    /// The platform brings it to life.
    Waiting,
    /// Its URL is asked.
    Checking,
}

/// What a provider would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The provider's own.
    pub proposal: Proposal,
}

impl Plan {
    /// Whether anything would change.
    #[must_use]
    pub fn changes(&self) -> bool {
        let mut actions = self.proposal.actions.iter();
        actions.any(|action| action.verb != Verb::Keep)
    }

    /// Whether something would be lost.
    #[must_use]
    pub fn is_destructive(&self) -> bool {
        self.proposal
            .actions
            .iter()
            .any(|action| action.destructive)
    }
}

/// What was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The platform's answer.
    pub deployment: Deployment,
    /// How its URL was seen to answer.
    pub checked: Checked,
}

/// What is there, by the record and by the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Our own.
    pub record: Record,
    /// The platform's, newest first.
    pub states: Vec<State>,
}
