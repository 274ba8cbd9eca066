//! What a project needs of tools and what there is of them.

use std::sync::Arc;

use run_build::{Available, BuildError, Explanation, Need, Options, Outcome, Reporter, Session};
use run_plugins::Pins;
use run_plugins::api::Profile;
use run_plugins::cancel::Cancel;
use run_plugins::events::{Events, Silent};
use run_plugins::managers::Managers;
use run_project::{Lock, Project};

use crate::failure::Failure;
use crate::{build_cache, project};

/// Everything the subcommands look at.
pub(crate) struct Survey {
    pub(crate) project: Project,
    pub(crate) lock: Lock,
    pub(crate) pins: Pins,
    pub(crate) needs: Vec<Need>,
    /// The plugins that build the components.
    pub(crate) plugins: Vec<Available>,
    pub(crate) managers: Managers,
}

impl Survey {
    /// Asks the plugin of every enabled component what it needs, and looks for
    /// it.
    pub(crate) fn of(project: Project, cancel: &Cancel) -> Result<Self, Failure> {
        let lock = project::lock(&project)?;
        let set = project::plugins(&project, lock.as_ref())?;
        let pins = project::pins(lock.as_ref(), false);
        let specs: Vec<_> = project::components(&project, &[])?
            .into_iter()
            .map(|component| project::spec(&project, component))
            .collect();
        let options = Options {
            profile: Profile::Debug,
            reproducible: false,
            locked: false,
            offline: true,
            hermetic: false,
            pins: pins.clone(),
            jobs: None,
            precompile: false,
            cache: build_cache::options(&project, build_cache::Use::Nothing)?,
        };
        let session = Session::new(
            &project.root,
            &project::output_dir(&project),
            options,
            &set,
            cancel.clone(),
            &Nobody,
        );
        let (needs, plugins) = session.toolchain(&specs)?;
        Ok(Self {
            managers: project::managers()?,
            lock: lock.unwrap_or_default(),
            project,
            pins,
            needs,
            plugins,
        })
    }
}

/// Nothing is built, so there is nothing to report.
struct Nobody;

impl Reporter for Nobody {
    fn decided(&self, _: &str, _: &Explanation) {}

    fn started(&self, _: &str, _: &str) -> Arc<dyn Events> {
        Arc::new(Silent)
    }

    fn finished(&self, _: &str, _: &Outcome) {}

    fn warning(&self, _: &str) {}

    fn failed(&self, _: &str, _: &BuildError) {}

    fn waiting(&self) {}
}
