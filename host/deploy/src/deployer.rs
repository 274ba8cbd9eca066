//! One component, one profile, one provider: the steps and their order.

use std::fs;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use run_plugins::CallError;
use run_plugins::api::{DeployJob, Deployment, LogPage, Phase, Provider, Watch};

use crate::error::DeployError;
use crate::ledger::Ledger;
use crate::outcome::{Done, Plan, Stage, Status};
use crate::record::{Pending, Record, Step};
use crate::request::{Request, Targets};
use crate::services::Helper;
use crate::waiting::Patience;

/// Deploys one component.
pub struct Deployer<'a> {
    pub(crate) provider: &'a dyn Provider,
    pub(crate) job: DeployJob,
    ledger: Arc<Ledger>,
    pub(crate) watch: Watch,
    pub(crate) patience: Patience,
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

    pub(crate) fn write(&self, change: impl FnOnce(&mut Record)) -> Result<(), DeployError> {
        self.ledger
            .update(change)
            .map_err(|error| DeployError::io("cannot write the record of deployments", error))
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
