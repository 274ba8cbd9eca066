//! What is waited for after a step: that the platform says it is live, and that
//! its URL answers.

use std::time::{Duration, Instant};

use run_plugins::CallError;
use run_plugins::api::{Deployment, Phase};
use run_plugins::remote::{Probe, probe};

use crate::deployer::Deployer;
use crate::error::DeployError;

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

impl Deployer<'_> {
    /// Asks until the platform says that it is live, and gives its newest word on
    /// it.
    pub(crate) fn wait_until_live(&self, made: Deployment) -> Result<Deployment, DeployError> {
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

    /// Asks the URL until its answer will do.
    pub(crate) fn check(
        &self,
        live: &Deployment,
        digest: Option<&str>,
    ) -> Result<Checked, DeployError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_answers_will_do() {
        let answer = |status, digest: Option<&str>| {
            Ok(Probe {
                status,
                digest: digest.map(str::to_owned),
            })
        };
        let judged = |answer, how| judge(answer, how, Some("a"));
        assert_eq!(
            judged(answer(500, Some("a")), "digest"),
            Ok(Checked::Digest)
        );
        assert_eq!(
            judged(answer(401, None), "digest"),
            Ok(Checked::Answer(401))
        );
        assert!(judged(answer(200, Some("b")), "digest").is_err());
        assert!(judged(answer(404, None), "digest").is_err());
        assert!(judged(answer(502, None), "digest").is_err());
        assert_eq!(
            judged(answer(404, None), "answer"),
            Ok(Checked::Answer(404))
        );
        assert_eq!(
            judged(answer(200, Some("b")), "answer"),
            Ok(Checked::Answer(200))
        );
        assert!(judged(Err("does not answer".to_owned()), "answer").is_err());
    }
}
