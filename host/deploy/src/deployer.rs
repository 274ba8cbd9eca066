//! One component, one profile, one provider: the steps and their order.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use run_plugins::CallError;
use run_plugins::api::{
    DeployJob, Deployment, LogPage, Phase, Proposal, Provider, State, Verb, Watch,
};
use run_plugins::remote::{Probe, probe};

use crate::error::DeployError;
use crate::ledger::Ledger;
use crate::record::{Pending, Record, Step};
use crate::request::{Request, Targets};
use crate::services::Helper;

/// How long the host waits for what happens by itself.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a deployment to be live.
    pub live: Duration,
    /// For its URL to answer.
    pub answer: Duration,
    /// Between two questions at first; each next pause is longer, to ten times
    /// this.
    pub pause: Duration,
    /// Whether a URL on this machine may be asked.
    pub private: bool,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            live: Duration::from_secs(300),
            answer: Duration::from_secs(90),
            pause: Duration::from_millis(250),
            private: false,
        }
    }
}

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

/// How a URL was seen to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// It said that it is this artifact.
    Digest,
    /// It answered with this status, and did not say which artifact it is.
    Answer(u16),
    /// It was not asked.
    Not,
}

/// What is there, by the record and by the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Our own.
    pub record: Record,
    /// The platform's, newest first.
    pub states: Vec<State>,
}

/// Deploys one component.
pub struct Deployer<'a> {
    provider: &'a dyn Provider,
    job: DeployJob,
    ledger: Arc<Ledger>,
    watch: Watch,
    patience: Patience,
    /// Holds the artifact while the provider may read it.
    _room: tempfile::TempDir,
}

impl<'a> Deployer<'a> {
    /// Sets one up; nothing is called yet.
    ///
    /// # Errors
    /// The artifact cannot be put where the provider sees it.
    pub fn new(
        provider: &'a dyn Provider,
        request: Request,
        ledger: Ledger,
        targets: Arc<dyn Targets>,
        watch: Watch,
        patience: Patience,
    ) -> Result<Self, DeployError> {
        let failed = |error| DeployError::io("cannot give the provider its artifact", error);
        let room = tempfile::Builder::new()
            .prefix("run-deploy-")
            .tempdir()
            .map_err(failed)?;
        let artifact = room.path().join(format!("{}.wasm", request.component));
        if let Some(wasm) = &request.wasm {
            fs::write(&artifact, wasm).map_err(failed)?;
        }
        let ledger = Arc::new(ledger);
        let record = ledger.record();
        let job = DeployJob {
            name: request.component.clone(),
            project: request.project,
            environment: request.profile,
            artifact,
            digest: request.digest,
            settings: request.options.settings,
            secrets: request.secrets,
            recorded: record.recorded(),
            idempotency_key: key(&record, &request.digest.to_string())?,
            source_date_epoch: request.source_date_epoch,
            services: Arc::new(Helper {
                ledger: ledger.clone(),
                targets,
                component: request.component,
            }),
        };
        Ok(Self {
            provider,
            job,
            ledger,
            watch,
            patience,
            _room: room,
        })
    }

    /// The record as it is now.
    #[must_use]
    pub fn record(&self) -> Record {
        self.ledger.record()
    }

    /// Validates, then asks what would be done. Changes nothing.
    ///
    /// # Errors
    /// The provider says why it cannot.
    pub fn plan(&self) -> Result<Plan, DeployError> {
        self.provider.validate(&self.job, &self.watch)?;
        let proposal = self.provider.plan(&self.job, &self.watch)?;
        Ok(Plan { proposal })
    }

    /// Does what was planned, and waits until it is seen to work.
    ///
    /// # Errors
    /// Whatever fails on the way; the record says how far it came.
    pub fn apply(&self, plan: &Plan, watcher: &dyn Fn(Stage)) -> Result<Done, DeployError> {
        watcher(Stage::Applying);
        self.begin(Step::Apply, None)?;
        let made = self.provider.apply(&self.job, &plan.proposal, &self.watch);
        let made = self.ended("deploying", made)?;
        self.finish(made, Some(self.job.digest.to_string()), watcher)
    }

    /// Brings the record to what is there, where nothing is to be done: after a
    /// step that was interrupted between the platform's answer and the record.
    /// `None` where nothing was open.
    ///
    /// # Errors
    /// The platform cannot be asked, or it is not live.
    pub fn settle(&self, watcher: &dyn Fn(Stage)) -> Result<Option<Done>, DeployError> {
        let record = self.record();
        let open = record.pending.is_some() || record.current.as_ref().is_none_or(|c| !c.live);
        if !open {
            return Ok(None);
        }
        let states = self.provider.status(&self.job, None, &self.watch)?;
        let found = states
            .into_iter()
            .find(|state| matches!(state.phase, Phase::Live | Phase::Pending));
        match found {
            Some(state) => self.finish(state.deployment, None, watcher).map(Some),
            None => Ok(None),
        }
    }

    /// What is there. Changes nothing, not even the record.
    ///
    /// # Errors
    /// The platform cannot be asked.
    pub fn status(&self) -> Result<Status, DeployError> {
        Ok(Status {
            record: self.record(),
            states: self.provider.status(&self.job, None, &self.watch)?,
        })
    }

    /// The deployment that is gone back to: `to`, or the one before.
    ///
    /// # Errors
    /// There is none.
    pub fn earlier(&self, to: Option<&str>) -> Result<String, DeployError> {
        let previous = || self.record().previous.first().map(|p| p.id.clone());
        to.map(str::to_owned)
            .or_else(previous)
            .ok_or_else(|| DeployError::NoPrevious {
                component: self.job.name.clone(),
            })
    }

    /// Makes an earlier deployment the live one.
    ///
    /// # Errors
    /// As [`Deployer::apply`].
    pub fn rollback(&self, to: &str, watcher: &dyn Fn(Stage)) -> Result<Done, DeployError> {
        watcher(Stage::Applying);
        let known = self.record().previous.into_iter().find(|p| p.id == to);
        self.begin(Step::Rollback, Some(to.to_owned()))?;
        let made = self.provider.rollback(&self.job, to, &self.watch);
        let made = self.ended("going back with", made)?;
        self.finish(made, known.and_then(|known| known.digest), watcher)
    }

    /// Removes all that was deployed.
    ///
    /// # Errors
    /// As [`Deployer::apply`].
    pub fn destroy(&self) -> Result<(), DeployError> {
        self.begin(Step::Destroy, None)?;
        let gone = self.provider.destroy(&self.job, &self.watch);
        self.ended("removing", gone)?;
        self.write(|record| {
            *record = Record::new(&record.profile, &record.component, &record.provider);
        })
    }

    /// Log lines after `cursor`.
    ///
    /// # Errors
    /// The platform cannot be asked.
    pub fn logs(&self, cursor: Option<&str>) -> Result<LogPage, DeployError> {
        Ok(self.provider.logs(&self.job, cursor, &self.watch)?)
    }

    fn begin(&self, step: Step, to: Option<String>) -> Result<(), DeployError> {
        let pending = Pending {
            step,
            key: self.job.idempotency_key.clone(),
            digest: (step == Step::Apply).then(|| self.job.digest.to_string()),
            to,
            began: now(),
            failure: None,
        };
        self.write(|record| record.pending = Some(pending))
    }

    /// What a step gave; where it failed, the record keeps why.
    fn ended<T>(&self, what: &'static str, made: Result<T, CallError>) -> Result<T, DeployError> {
        made.or_else(|cause| {
            let why = cause.to_string();
            self.write(|record| {
                if let Some(pending) = &mut record.pending {
                    pending.failure = Some(why);
                }
            })?;
            Err(DeployError::Unfinished {
                what,
                component: self.job.name.clone(),
                cause,
            })
        })
    }

    fn finish(
        &self,
        made: Deployment,
        digest: Option<String>,
        watcher: &dyn Fn(Stage),
    ) -> Result<Done, DeployError> {
        self.write(|record| record.release(&made, digest.clone(), now()))?;
        watcher(Stage::Waiting);
        let live = self.wait_until_live(made)?;
        self.write(|record| {
            if let Some(current) = &mut record.current {
                current.live = true;
                current.url = live.url.clone();
            }
        })?;
        watcher(Stage::Checking);
        let digest = digest.or_else(|| live.attribute("run:digest").map(str::to_owned));
        let checked = self.check(&live, digest.as_deref())?;
        Ok(Done {
            deployment: live,
            checked,
        })
    }

    /// Asks until the platform says that it is live, and gives its newest word on
    /// it.
    fn wait_until_live(&self, made: Deployment) -> Result<Deployment, DeployError> {
        let (component, id) = (self.job.name.clone(), made.id.clone());
        let mut pauses = Pauses::new(self.patience.pause, self.patience.live);
        loop {
            let states = self.provider.status(&self.job, Some(&id), &self.watch)?;
            let state = states.into_iter().find(|state| state.deployment.id == id);
            match state.as_ref().map(|state| state.phase) {
                Some(Phase::Live) => {
                    let found = state.map_or(made.clone(), |state| state.deployment);
                    let url = found.url.or(made.url);
                    let mut attributes = made.attributes;
                    let known: Vec<_> = found
                        .attributes
                        .iter()
                        .map(|(key, _)| key.clone())
                        .collect();
                    attributes.retain(|(key, _)| !known.contains(key));
                    attributes.extend(found.attributes);
                    return Ok(Deployment {
                        id,
                        url,
                        attributes,
                    });
                }
                Some(Phase::Failed) => {
                    let message = state.and_then(|state| state.message);
                    let message = message.unwrap_or_else(|| "it does not say why".to_owned());
                    let why = message.clone();
                    self.write(|record| {
                        if let Some(current) = &mut record.current {
                            current.attributes.insert("run:failure".to_owned(), why);
                        }
                    })?;
                    return Err(DeployError::Failed {
                        component,
                        id,
                        message,
                    });
                }
                Some(Phase::Superseded) => return Err(DeployError::Superseded { component, id }),
                Some(Phase::Pending) | None => {}
            }
            if !self.pause(&mut pauses)? {
                return Err(DeployError::Slow {
                    component,
                    id,
                    seconds: self.patience.live.as_secs(),
                });
            }
        }
    }

    fn check(&self, live: &Deployment, digest: Option<&str>) -> Result<Checked, DeployError> {
        let how = live.attribute("run:check").unwrap_or("digest");
        let Some(url) = live.url.as_deref().filter(|_| how != "none") else {
            return Ok(Checked::Not);
        };
        let mut pauses = Pauses::new(self.patience.pause, self.patience.answer);
        loop {
            let answer = probe(url, self.patience.private, Duration::from_secs(30));
            let problem = match judge(answer, how, digest) {
                Ok(checked) => return Ok(checked),
                Err(problem) => problem,
            };
            if !self.pause(&mut pauses)? {
                return Err(DeployError::Check {
                    component: self.job.name.clone(),
                    url: url.to_owned(),
                    problem,
                });
            }
        }
    }

    /// Waits until the next question; false where it has been long enough.
    fn pause(&self, pauses: &mut Pauses) -> Result<bool, DeployError> {
        let Some(pause) = pauses.next() else {
            return Ok(false);
        };
        let until = Instant::now() + pause;
        while Instant::now() < until {
            if self.watch.cancel.is_cancelled() {
                return Err(CallError::Cancelled.into());
            }
            std::thread::sleep(Duration::from_millis(50).min(pause));
        }
        Ok(true)
    }

    fn write(&self, change: impl FnOnce(&mut Record)) -> Result<(), DeployError> {
        self.ledger
            .update(change)
            .map_err(|error| DeployError::io("cannot write the record of deployments", error))
    }
}

/// Whether an answer will do.
fn judge(
    answer: Result<Probe, String>,
    how: &str,
    digest: Option<&str>,
) -> Result<Checked, String> {
    let answer = answer?;
    match (answer.digest, digest) {
        (Some(said), Some(wanted)) if said == wanted => Ok(Checked::Digest),
        (Some(_), Some(_)) if how == "digest" => {
            Err("still answers with another artifact".to_owned())
        }
        // A platform's own page for what is not there yet.
        _ if how == "digest" && matches!(answer.status, 404 | 500..=599) => Err(format!(
            "answers {} and not with the component",
            answer.status
        )),
        _ => Ok(Checked::Answer(answer.status)),
    }
}

/// Longer and longer pauses, until it has been long enough.
struct Pauses {
    next: Duration,
    longest: Duration,
    until: Instant,
}

impl Pauses {
    fn new(first: Duration, whole: Duration) -> Self {
        Self {
            next: first,
            longest: first * 10,
            until: Instant::now() + whole,
        }
    }

    fn next(&mut self) -> Option<Duration> {
        if Instant::now() >= self.until {
            return None;
        }
        let pause = self.next;
        self.next = (pause * 3 / 2).min(self.longest);
        Some(pause)
    }
}

/// The key of the step that is open for the same artifact, or a new one.
fn key(record: &Record, digest: &str) -> Result<String, DeployError> {
    let open = record.pending.as_ref();
    if let Some(open) = open.filter(|open| open.digest.as_deref() == Some(digest)) {
        return Ok(open.key.clone());
    }
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| {
        DeployError::io(
            "cannot make a key",
            std::io::Error::other(error.to_string()),
        )
    })?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}
