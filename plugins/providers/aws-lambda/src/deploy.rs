//! What is there, and making of it what is wanted.

use run_plugin_api::{Error, Result};
use serde_json::{Map, Value};

use crate::api::{Function, FunctionUrl, Lambda};
use crate::bundle::Bundle;
use crate::role::Roles;
use crate::schedules::{self, Schedule, Schedules};
use crate::settings::Settings;
use crate::steps::{Steps, target, unqualified};

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
    pub(crate) schedules: Vec<(String, Schedule)>,
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
    // They may have outlived the function.
    let schedules = match settings.schedules.is_empty() && !had_schedules {
        true => Vec::new(),
        false => services.schedules.there()?,
    };
    let Some(function) = services.lambda.function()? else {
        return Ok(Present {
            role,
            schedules,
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
    Ok(Present {
        role,
        url: services.lambda.url()?,
        function: Some(function),
        live,
        schedules,
    })
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
    if settings.role.is_none() && !settings.schedules.is_empty() {
        services.roles.permit_schedules(&arn)?;
    }
    // Only now is it known for certain whom they call, and as whom.
    services.schedules.set(&schedules::steps(
        &services.schedules.prefix,
        &settings.schedules,
        &target(&arn, role),
        &present.schedules,
    ))?;
    Ok(Deployed {
        version,
        url: url.map(|url| url.function_url),
        arn,
    })
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
