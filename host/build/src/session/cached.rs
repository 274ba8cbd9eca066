//! Components that need not be built, because they were.

use std::time::Instant;

use run_plugins::Tool;

use super::plan::ToMake;
use super::{Outcome, Session};
use crate::cache::Hit;
use crate::error::BuildError;
use crate::finish;
use crate::record::Record;
use crate::spec::Spec;

impl Session<'_> {
    /// Asks the cache, where it may be asked.
    pub(super) fn ask_cache(&self, spec: &Spec, job: &ToMake) -> Result<Hit, String> {
        if !self.cache.is_on() {
            return Err("the build cache is off".to_owned());
        }
        // The builder would refuse this tool, and say so.
        if self.drifted(job) {
            return Err("a tool is not the one that run.lock.toml pins".to_owned());
        }
        let found = self.cache.find(&job.query(), &spec.name);
        self.warn_of_cache();
        found
    }

    /// Tells what went wrong with the cache.
    pub(super) fn warn_of_cache(&self) {
        for message in self.cache.warnings() {
            self.reporter.warning(&message);
        }
    }

    /// Whether a tool is not what the lock says, or cannot be read to tell.
    pub(super) fn drifted(&self, job: &ToMake) -> bool {
        job.programs()
            .all
            .iter()
            .any(|tool| !matches!(self.options.pins.drift(tool), Ok(None)))
    }

    /// Puts a component from the cache in its place, as if it had been built.
    pub(super) fn take(
        &self,
        job: &ToMake,
        hit: &Hit,
        started: Instant,
    ) -> Result<Outcome, BuildError> {
        finish::publish(&hit.component, &job.output)?;
        let ran = |tool: &&Tool| hit.entry.programs.contains(&tool.program);
        let programs = job.programs().all.iter().filter(ran);
        Record::new(
            job.facts.clone(),
            hit.inputs.clone(),
            programs.map(|tool| tool.path.as_path()),
            hit.component.digest(),
        )
        .write(&job.record())
        .map_err(|source| BuildError::io("cannot write the build record".into(), source))?;
        self.warm(&hit.component)?;
        Ok(Outcome::Cached {
            output: job.output.clone(),
            size: hit.component.bytes().len() as u64,
            took: started.elapsed(),
            from: hit.from,
        })
    }
}

/// What there is to know of a hit.
pub(super) fn remark(hit: &Hit) -> String {
    let mut remark = "it was built before from the same".to_owned();
    if let Some(key) = hit.signer {
        remark.push_str(&format!(", and signed with the key {key}"));
    }
    if let Some(reason) = &hit.entry.irreproducible {
        // It may be of another machine: it is shown, and nothing else.
        let reason: String = reason.chars().filter(|c| !c.is_control()).collect();
        remark.push_str(&format!("; another build might differ: {reason}"));
    }
    remark
}
