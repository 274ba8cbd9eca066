//! What has to be done: from what is wanted and what is there. The plan shows it,
//! `apply` does it.

use run_plugin_api::provider::{Action, Verb};
use serde_json::{Map, Value};

use crate::api::{LIVE, wanted};
use crate::bundle::Bundle;
use crate::deploy::Present;
use crate::schedules::{self, Target};
use crate::settings::{Settings, Url};

/// All that has to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    pub(crate) make_role: bool,
    pub(crate) create: bool,
    pub(crate) code: bool,
    pub(crate) configuration: bool,
    /// A version is published and made live.
    pub(crate) publish: bool,
    pub(crate) url: bool,
    pub(crate) remove_url: bool,
    pub(crate) schedules: Vec<schedules::Step>,
}

impl Steps {
    pub(crate) fn of(
        settings: &Settings,
        present: &Present,
        bundle: &Bundle,
        digest: &str,
    ) -> Self {
        let variables = plain(settings);
        let function = present.function.as_ref();
        let code = function.is_none_or(|there| {
            there.code_sha256 != bundle.sha || there.architectures != [settings.architecture.name()]
        });
        // The values of secrets cannot be compared, so they are always set.
        let configuration = function.is_none_or(|there| {
            !settings.secrets.is_empty()
                || there.environment.variables != variables
                || there.memory_size != settings.memory
                || there.timeout != settings.timeout
                || Some(&there.role) != present.role.as_ref()
        });
        let is_live = present
            .live
            .as_ref()
            .is_some_and(|live| live.code_sha256 == bundle.sha && live.description == digest);
        let wanted = wanted(settings);
        let same_url = match (&wanted, &present.url) {
            (Some(wanted), Some(there)) => {
                wanted.auth_type == there.auth_type && wanted.invoke_mode == there.invoke_mode
            }
            (None, _) => true,
            (Some(_), None) => false,
        };
        Self {
            make_role: present.role.is_none(),
            create: function.is_none(),
            code,
            configuration,
            publish: code || configuration || !is_live,
            url: !same_url,
            remove_url: wanted.is_none() && present.url.is_some(),
            schedules: schedule_steps(settings, present),
        }
    }

    /// For the user.
    pub(crate) fn actions(&self, settings: &Settings, roles: &str, bundle: &Bundle) -> Vec<Action> {
        let function = format!("function {} in {}", settings.function, settings.region);
        let mut actions = Vec::new();
        if self.make_role {
            let why = "there is none: it may write the function's log";
            actions.push(Action::new(Verb::Create, format!("role {roles}"), why));
        }
        let size = bundle.bytes.len().div_ceil(1024);
        let what = format!("{size} KiB for {}", settings.architecture.name());
        if self.create {
            actions.push(Action::new(Verb::Create, &function, what));
        } else if self.code {
            actions.push(Action::new(Verb::Update, &function, what));
        } else if !self.publish {
            let same = format!("what is `{LIVE}` is of the same bytes");
            actions.push(Action::new(Verb::Keep, &function, same));
        }
        if self.configuration && !self.create {
            let what = "its memory, time, role or variables";
            actions.push(Action::new(Verb::Update, &function, what));
        }
        if self.publish {
            let subject = format!("alias {LIVE}");
            actions.push(Action::new(Verb::Promote, subject, "to the new version"));
        }
        if self.url {
            let who = match settings.url {
                Url::Public => "for everyone",
                Url::Iam => "for signed requests",
                Url::None => "for nobody",
            };
            actions.push(Action::new(Verb::Create, "URL", who));
        }
        if self.remove_url {
            actions.push(Action::new(Verb::Delete, "URL", "no longer wanted"));
        }
        for step in &self.schedules {
            actions.push(match step {
                schedules::Step::Put {
                    name,
                    schedule,
                    new,
                } => {
                    let verb = if *new { Verb::Create } else { Verb::Update };
                    let when = schedule.schedule_expression.as_str();
                    Action::new(verb, format!("schedule {name}"), when)
                }
                schedules::Step::Remove { name } => {
                    Action::new(Verb::Delete, format!("schedule {name}"), "no longer wanted")
                }
            });
        }
        actions
    }
}

fn schedule_steps(settings: &Settings, present: &Present) -> Vec<schedules::Step> {
    let function = present.function.as_ref();
    let arn = function.map(|function| unqualified(&function.function_arn));
    schedules::steps(
        &schedules::prefix(&settings.function),
        &settings.schedules,
        &target(
            &arn.unwrap_or_default(),
            present.role.as_deref().unwrap_or_default(),
        ),
        &present.schedules,
    )
}

/// The live version, as this role.
pub(crate) fn target(arn: &str, role: &str) -> Target {
    Target {
        arn: format!("{arn}:{LIVE}"),
        role_arn: role.to_owned(),
    }
}

/// The variables whose values are known.
pub(crate) fn plain(settings: &Settings) -> Map<String, Value> {
    settings
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect()
}

/// A function's ARN without a version or an alias: seven parts.
pub(crate) fn unqualified(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}
