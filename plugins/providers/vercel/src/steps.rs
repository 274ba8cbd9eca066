//! What has to be done, from what is there and what is wanted.

use run_plugin_api::Result;
use run_plugin_api::provider::{Action, Verb};

use crate::api::{Api, Listed, Project};
use crate::deploy::target;
use crate::domains;
use crate::output::File;
use crate::settings::Settings;
use crate::variables::{self, Variable};

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct Present {
    pub(crate) project: Option<Project>,
    pub(crate) deployments: Vec<Listed>,
    pub(crate) domains: Vec<String>,
    pub(crate) variables: Vec<Variable>,
}

/// What earlier deployments made, as the record has it.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) domains: Vec<String>,
    /// See [`variables::mark`].
    pub(crate) secrets: Vec<String>,
}

impl Made {
    /// Once the steps for `target` are done.
    pub(crate) fn without(mut self, target: &str, steps: &Steps) -> Self {
        self.domains
            .retain(|name| !steps.remove_domains.contains(name));
        let removed = steps.remove_secrets.iter();
        let removed: Vec<_> = removed
            .map(|variable| variables::mark(target, &variable.key))
            .collect();
        self.secrets.retain(|mark| !removed.contains(mark));
        self
    }
}

/// Asks for all that is relevant. Reads only.
pub(crate) fn present(api: &Api<'_, '_>, settings: &Settings, made: &Made) -> Result<Present> {
    let Some(project) = api.project(&settings.project)? else {
        return Ok(Present::default());
    };
    let domains = match settings.domains.is_empty() && made.domains.is_empty() {
        true => Vec::new(),
        false => domains::all(api, &project.id)?,
    };
    let variables = match settings.secrets.is_empty() && made.secrets.is_empty() {
        true => Vec::new(),
        false => variables::all(api, &project.id)?,
    };
    Ok(Present {
        deployments: api.deployments(&project.id)?,
        domains,
        variables,
        project: Some(project),
    })
}

/// All that has to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) create: bool,
    /// The deployment that is there from the same files, and to be used.
    pub(crate) keep: Option<String>,
    pub(crate) secrets: usize,
    pub(crate) remove_secrets: Vec<Variable>,
    pub(crate) add_domains: Vec<String>,
    pub(crate) remove_domains: Vec<String>,
    /// Somebody went back, so that what is new has to be made live.
    pub(crate) promote: bool,
}

impl Steps {
    pub(crate) fn of(settings: &Settings, present: &Present, made: &Made, tag: &str) -> Self {
        // A preview changes nothing of what is live.
        let wanted: &[String] = if settings.preview {
            &[]
        } else {
            &settings.domains
        };
        let gone = present.domains.iter().filter(|name| {
            !settings.preview && made.domains.contains(name) && !settings.domains.contains(name)
        });
        let keep = kept(settings, present, tag);
        let project = present.project.as_ref();
        let live = project.and_then(Project::live);
        Self {
            create: project.is_none(),
            promote: !settings.preview
                && project.is_some_and(|project| project.rolled_back_from().is_some())
                && (keep.is_none() || keep.as_ref() != live.map(|live| &live.id)),
            keep,
            secrets: settings.secrets.len(),
            remove_secrets: variables::unwanted(
                &present.variables,
                &made.secrets,
                target(settings),
                &settings.secrets,
            ),
            add_domains: wanted
                .iter()
                .filter(|name| !present.domains.contains(name))
                .cloned()
                .collect(),
            remove_domains: gone.cloned().collect(),
        }
    }

    /// For the user.
    pub(crate) fn actions(&self, settings: &Settings, files: &[File]) -> Vec<Action> {
        let project = format!("project {}", settings.project);
        let mut actions = Vec::new();
        if self.create {
            actions.push(Action::new(
                Verb::Create,
                &project,
                "there is none of this name",
            ));
        }
        if self.secrets > 0 {
            actions.push(Action::new(
                Verb::Update,
                "secrets",
                format!("{} for {}", settings.secrets.join(", "), target(settings)),
            ));
        }
        actions.push(match &self.keep {
            Some(id) => Action::new(Verb::Keep, &project, format!("{id} is of the same files")),
            None => {
                let size: usize = files.iter().map(|file| file.bytes.len()).sum();
                let verb = if self.create {
                    Verb::Create
                } else {
                    Verb::Update
                };
                let summary = format!(
                    "a {} deployment of {} files, {} KiB",
                    target(settings),
                    files.len(),
                    size.div_ceil(1024)
                );
                Action::new(verb, &project, summary)
            }
        });
        if self.promote {
            let summary = "somebody went back: it is made live, as the next ones will be";
            actions.push(Action::new(Verb::Update, &project, summary));
        }
        for Variable { key, .. } in &self.remove_secrets {
            let subject = format!("secret {key}");
            actions.push(Action::new(Verb::Delete, subject, "no longer wanted"));
        }
        for name in &self.add_domains {
            actions.push(Action::new(
                Verb::Create,
                format!("domain {name}"),
                "to this project",
            ));
        }
        for name in &self.remove_domains {
            let subject = format!("domain {name}");
            actions.push(Action::new(Verb::Delete, subject, "no longer wanted"));
        }
        actions
    }
}

/// The values of secrets cannot be compared, so with secrets nothing is kept.
fn kept(settings: &Settings, present: &Present, tag: &str) -> Option<String> {
    if !settings.secrets.is_empty() {
        return None;
    }
    let same = |listed: &&Listed| {
        listed.meta.tag.as_deref() == Some(tag)
            && !matches!(listed.state.as_deref(), Some("ERROR" | "CANCELED"))
    };
    if settings.preview {
        return Some(present.deployments.iter().find(same)?.uid.clone());
    }
    // What is live, or on its way: an older one of the same files is not.
    let production = |listed: &&Listed| listed.target.as_deref() == Some("production");
    let newest = present.deployments.iter().find(production).filter(same)?;
    let project = present.project.as_ref()?;
    let live = project.live().map(|live| live.id.as_str());
    let waiting = newest.state.as_deref() != Some("READY");
    // One that was ready after somebody went back waits to be made live.
    let staged = project.rolled_back_from().is_some() && newest.is_staged();
    (waiting || staged || live == Some(&newest.uid)).then(|| newest.uid.clone())
}
