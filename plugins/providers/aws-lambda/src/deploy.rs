//! What has to be done, and doing it.

use run_plugin_api::provider::{Action, Verb};
use run_plugin_api::{Error, Result};
use serde_json::{Map, Value};

use crate::api::{Function, FunctionUrl, LIVE, Lambda, wanted};
use crate::bundle::Bundle;
use crate::role::Roles;
use crate::schedules::Schedules;
use crate::settings::{Settings, Url};

/// The services that a deployment talks to.
pub(crate) struct Services<'c, 't> {
    pub(crate) lambda: Lambda<'c, 't>,
    pub(crate) roles: Roles<'c, 't>,
    pub(crate) schedules: Schedules<'c, 't>,
}

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct Present {
    pub(crate) role: Option<String>,
    pub(crate) function: Option<Function>,
    pub(crate) live: Option<Function>,
    pub(crate) url: Option<FunctionUrl>,
    pub(crate) schedules: Vec<String>,
}

/// Asks for all that is relevant. Reads only.
pub(crate) fn present(
    services: &Services<'_, '_>,
    settings: &Settings,
    had_schedules: bool,
) -> Result<Present> {
    let role = match &settings.role {
        Some(role) => Some(role.clone()),
        None => services.roles.find()?,
    };
    let Some(function) = services.lambda.function()? else {
        return Ok(Present {
            role,
            ..Present::default()
        });
    };
    let live = match services.lambda.live()? {
        Some(version) => services
            .lambda
            .versions()?
            .into_iter()
            .find(|known| known.version == version),
        None => None,
    };
    let schedules = match settings.schedules.is_empty() && !had_schedules {
        true => Vec::new(),
        false => services.schedules.names()?,
    };
    Ok(Present {
        role,
        url: services.lambda.url()?,
        function: Some(function),
        live,
        schedules,
    })
}

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
    pub(crate) remove_schedules: bool,
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
            remove_schedules: present.schedules.len() > settings.schedules.len(),
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
        for schedule in &settings.schedules {
            actions.push(Action::new(Verb::Update, "schedule", schedule));
        }
        if self.remove_schedules {
            actions.push(Action::new(Verb::Delete, "schedules", "no longer wanted"));
        }
        actions
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

/// What goes up.
pub(crate) struct Package<'a> {
    pub(crate) bundle: &'a Bundle,
    pub(crate) digest: &'a str,
    /// With placeholders for secrets.
    pub(crate) variables: &'a Map<String, Value>,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Deployed {
    pub(crate) version: String,
    pub(crate) url: Option<String>,
    pub(crate) arn: String,
}

pub(crate) fn apply(
    services: &Services<'_, '_>,
    settings: &Settings,
    present: &Present,
    role: &str,
    steps: &Steps,
    package: &Package<'_>,
) -> Result<Deployed> {
    let lambda = &services.lambda;
    if steps.create {
        lambda.create(settings, role, package.variables, package.bundle)?;
    } else {
        // An earlier attempt may have left something that is still going on.
        lambda.until_settled()?;
        if steps.configuration {
            lambda.update_configuration(settings, role, package.variables)?;
            lambda.until_settled()?;
        }
        if steps.code {
            lambda.update_code(settings.architecture, package.bundle)?;
        }
    }
    let function = lambda.until_settled()?;
    let version = match (&present.live, steps.publish) {
        (Some(live), false) => live.version.clone(),
        _ => {
            let version = lambda.publish(package.bundle, package.digest)?;
            lambda.promote(&version, lambda.live()?.is_some())?;
            version
        }
    };
    let url = lambda.set_url(settings, present.url.as_ref())?;
    let arn = unqualified(&function.function_arn);
    if !settings.schedules.is_empty() || !present.schedules.is_empty() {
        if settings.role.is_none() && !settings.schedules.is_empty() {
            services.roles.permit_schedules(&arn)?;
        }
        let target = format!("{arn}:{LIVE}");
        services.schedules.set(&settings.schedules, &target, role)?;
    }
    Ok(Deployed {
        version,
        url: url.map(|url| url.function_url),
        arn,
    })
}

/// A function's ARN without a version or an alias: seven parts.
fn unqualified(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

/// Makes an earlier version the live one.
///
/// # Errors
/// There is no such version.
pub(crate) fn rollback(services: &Services<'_, '_>, to: &str) -> Result<Deployed> {
    let lambda = &services.lambda;
    let versions = lambda.versions()?;
    let Some(version) = versions.iter().find(|known| known.version == to) else {
        let known: Vec<_> = versions
            .iter()
            .rev()
            .take(10)
            .map(|v| v.version.as_str())
            .collect();
        return Err(
            Error::not_found(format!("the function has no version `{to}`")).with_help(match known
                .as_slice()
            {
                [] => "it has none at all".to_owned(),
                known => format!("the newest are: {}", known.join(", ")),
            }),
        );
    };
    lambda.promote(to, lambda.live()?.is_some())?;
    Ok(Deployed {
        version: to.to_owned(),
        url: lambda.url()?.map(|url| url.function_url),
        arn: unqualified(&version.function_arn),
    })
}
