//! `.run/deploy/<profile>/<component>.json`: what was deployed, and what was
//! begun and not finished. It holds no secret.

use std::collections::BTreeMap;

use run_plugins::api::Deployment;
use serde::{Deserialize, Serialize};

/// The newest layout of the file.
pub(crate) const VERSION: u32 = 1;

/// How many earlier deployments are kept to go back to.
const KEPT: usize = 20;

/// All that is known of one component in one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The layout of the file.
    pub version: u32,
    /// The component's name.
    pub component: String,
    /// The profile's name.
    pub profile: String,
    /// The provider's name.
    pub provider: String,
    /// What was begun and not finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// What was deployed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Released>,
    /// What was deployed before, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<Released>,
    /// What the provider wants to know next time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

/// A step that was begun: written before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Which.
    pub step: Step,
    /// The same for every try of it.
    pub key: String,
    /// The artifact's digest, where one is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The deployment that is gone back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// When it began, in seconds since 1970.
    pub began: u64,
    /// Why it ended, where it ended by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Deploying.
    Apply,
    /// Going back.
    Rollback,
    /// Removing.
    Destroy,
}

impl Step {
    /// As a sentence has it: `deploying`, for example.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apply => "deploying",
            Self::Rollback => "going back",
            Self::Destroy => "removing",
        }
    }
}

/// A deployment as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// The platform's name for it.
    pub id: String,
    /// Where it answers, in the platform's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The artifact's digest, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// When, in seconds since 1970.
    pub time: u64,
    /// Whether it was seen to be live.
    pub live: bool,
    /// What the provider says of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

impl Record {
    pub(crate) fn new(profile: &str, component: &str, provider: &str) -> Self {
        Self {
            version: VERSION,
            component: component.to_owned(),
            profile: profile.to_owned(),
            provider: provider.to_owned(),
            pending: None,
            current: None,
            previous: Vec::new(),
            facts: BTreeMap::new(),
        }
    }

    /// What a provider may ask for with `recorded`.
    #[must_use]
    pub fn recorded(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        if let Some(current) = &self.current {
            all.extend(current.attributes.clone());
            all.insert("id".to_owned(), current.id.clone());
            all.extend(current.url.clone().map(|url| ("url".to_owned(), url)));
        }
        all.extend(self.facts.clone());
        all
    }

    /// Takes in what a step made; what was there before can be gone back to.
    pub(crate) fn release(&mut self, made: &Deployment, digest: Option<String>, time: u64) {
        let attributes: BTreeMap<_, _> = made.attributes.iter().cloned().collect();
        let released = Released {
            id: made.id.clone(),
            url: made.url.clone(),
            digest: made.attribute("run:digest").map(str::to_owned).or(digest),
            time,
            live: false,
            attributes,
        };
        self.pending = None;
        self.previous.retain(|earlier| earlier.id != released.id);
        if let Some(before) = self.current.take()
            && before.id != released.id
        {
            self.previous.insert(0, before);
        }
        self.previous.truncate(KEPT);
        self.current = Some(released);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(id: &str) -> Deployment {
        Deployment {
            id: id.to_owned(),
            url: None,
            attributes: vec![("zone".to_owned(), "z".to_owned())],
        }
    }

    #[test]
    fn what_was_there_before_is_kept_once_and_not_for_ever() {
        let mut record = Record::new("p", "c", "acme");
        for id in ["1", "2", "2", "1"] {
            record.release(&made(id), None, 0);
        }
        assert_eq!(record.current.as_ref().unwrap().id, "1");
        let previous: Vec<_> = record.previous.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(previous, ["2"]);
        for id in 0..50 {
            record.release(&made(&format!("n{id}")), None, 0);
        }
        assert_eq!(record.previous.len(), KEPT);
        assert_eq!(record.recorded()["id"], "n49");
        assert_eq!(record.recorded()["zone"], "z");
    }
}
