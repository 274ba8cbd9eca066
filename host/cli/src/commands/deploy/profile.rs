//! Which profile is meant: by its name, else by what the flags leave. Where they
//! leave more than one, a person is asked; it is never guessed.

use std::ops::Range;

use run_build::PluginSet;
use run_files::nearest::nearest;
use run_plugins::manifest::SettingValue;
use run_project::Project;
use run_project::manifest::{Profile, TargetType};

use super::error::DeployCommandError as Error;
use super::{ask, somebody_is_there};
use crate::args::{DeployTarget, DeployTo};
use crate::failure::Failure;
use crate::project;
use crate::shell::Shell;

/// A profile of `run.toml`, or one that flags alone describe.
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// With their places in `run.toml`.
    pub(crate) options: Vec<(String, SettingValue, Range<usize>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Local,
    Registry,
    /// By the provider's own name, whatever alias was written.
    Edge {
        provider: String,
    },
}

pub(crate) fn choose(
    project: &Project,
    plugins: &PluginSet,
    flags: &DeployTo,
    shell: &Shell,
) -> Result<Chosen, Failure> {
    let provider = flags
        .provider
        .as_deref()
        .map(|name| provider(plugins, name))
        .transpose()?;
    let profiles = &project.manifest.profiles;
    if let Some(name) = &flags.profile {
        let profile = project.manifest.profile(name).ok_or_else(|| {
            let known: Vec<_> = profiles.iter().map(|p| p.name.value.as_str()).collect();
            Error::Profile {
                name: name.clone(),
                help: project::one_of(name, &known),
            }
        })?;
        let chosen = take(profile, plugins, provider.as_deref())?;
        agrees(&chosen, flags.target, provider.as_deref())?;
        return Ok(chosen);
    }
    let target = match (flags.target, &provider) {
        (Some(target), Some(_)) if target != DeployTarget::Edge => {
            return Err(Error::Choice {
                what: "only the target `edge` has a provider".to_owned(),
                help: "leave one of `--target` and `--provider` out".to_owned(),
            }
            .into());
        }
        (None, Some(_)) => Some(DeployTarget::Edge),
        (target, _) => target,
    };
    let mut fitting = Vec::new();
    for profile in profiles {
        if target.is_none_or(|target| is(profile, target)) {
            let chosen = take(profile, plugins, provider.as_deref())?;
            if agrees(&chosen, target, provider.as_deref()).is_ok() {
                fitting.push(chosen);
            }
        }
    }
    if fitting.len() > 1 {
        return pick(fitting, shell);
    }
    match (fitting.pop(), target, provider) {
        (Some(only), ..) => Ok(only),
        (None, Some(DeployTarget::Local), _) => Ok(plain("local", Kind::Local)),
        (None, Some(DeployTarget::Registry), _) => Ok(plain("registry", Kind::Registry)),
        (None, Some(DeployTarget::Edge), Some(provider)) => {
            Ok(plain(&provider.clone(), Kind::Edge { provider }))
        }
        (None, Some(DeployTarget::Edge), None) => Err(Error::Choice {
            what: "the target `edge` needs a provider, and run.toml has no profile with one"
                .to_owned(),
            help: format!("pass `--provider`; there is: {}", listed(plugins)),
        }
        .into()),
        (None, None, _) => Err(Error::Choice {
            what: "run.toml has no profile, and no flag says where to deploy to".to_owned(),
            help: "pass `--target local`, or `--provider NAME`, or add `[deploy.NAME]` to run.toml"
                .to_owned(),
        }
        .into()),
    }
}

fn plain(name: &str, kind: Kind) -> Chosen {
    Chosen {
        name: name.to_owned(),
        kind,
        options: Vec::new(),
    }
}

fn is(profile: &Profile, target: DeployTarget) -> bool {
    matches!(
        (profile.target_type.value, target),
        (TargetType::Local, DeployTarget::Local)
            | (TargetType::Registry, DeployTarget::Registry)
            | (TargetType::Edge, DeployTarget::Edge)
    )
}

/// A profile as it stands. One without a provider takes that of the flag.
fn take(profile: &Profile, plugins: &PluginSet, flag: Option<&str>) -> Result<Chosen, Failure> {
    let name = profile.name.value.as_str();
    let kind = match (profile.target_type.value, &profile.provider) {
        (TargetType::Local, _) => Kind::Local,
        (TargetType::Registry, _) => Kind::Registry,
        (TargetType::Edge, Some(written)) => Kind::Edge {
            provider: provider(plugins, &written.value)?,
        },
        (TargetType::Edge, None) => match flag {
            Some(flag) => Kind::Edge {
                provider: flag.to_owned(),
            },
            None => {
                return Err(Error::Choice {
                    what: format!("the profile `{name}` does not say who its provider is"),
                    help: format!(
                        "add `provider = \"…\"` to [deploy.{name}]; there is: {}",
                        listed(plugins)
                    ),
                }
                .into());
            }
        },
    };
    let option = |setting: &run_project::manifest::Setting| {
        let value = project::setting_value(&setting.value.value);
        (setting.key.value.clone(), value, setting.key.span.clone())
    };
    Ok(Chosen {
        name: name.to_owned(),
        kind,
        options: profile.options.iter().map(option).collect(),
    })
}

fn agrees(
    chosen: &Chosen,
    target: Option<DeployTarget>,
    provider: Option<&str>,
) -> Result<(), Error> {
    let conflict = |flag| {
        Err(Error::Conflict {
            profile: chosen.name.clone(),
            is: match &chosen.kind {
                Kind::Local => "for the target `local`".to_owned(),
                Kind::Registry => "for the target `registry`".to_owned(),
                Kind::Edge { provider } => format!("for the provider `{provider}`"),
            },
            flag,
        })
    };
    let of_kind = match &chosen.kind {
        Kind::Local => DeployTarget::Local,
        Kind::Registry => DeployTarget::Registry,
        Kind::Edge { .. } => DeployTarget::Edge,
    };
    if target.is_some_and(|target| target != of_kind) {
        return conflict("`--target`");
    }
    match (&chosen.kind, provider) {
        (_, None) => Ok(()),
        (Kind::Edge { provider }, Some(wanted)) if provider == wanted => Ok(()),
        _ => conflict("`--provider`"),
    }
}

fn pick(mut fitting: Vec<Chosen>, shell: &Shell) -> Result<Chosen, Failure> {
    let names: Vec<_> = fitting.iter().map(|chosen| chosen.name.clone()).collect();
    let listed = names.join(", ");
    if !somebody_is_there(shell) {
        return Err(Error::Choice {
            what: format!("there are several profiles that could be meant: {listed}"),
            help: "say which with `--profile NAME`".to_owned(),
        }
        .into());
    }
    let answer = ask(&format!("Which profile ({listed})?"))?;
    let found = fitting.iter().position(|chosen| chosen.name == answer);
    match found {
        Some(index) => Ok(fitting.swap_remove(index)),
        None => Err(Error::Profile {
            help: match nearest(&answer, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there is: {listed}"),
            },
            name: answer,
        }
        .into()),
    }
}

/// A provider's own name.
pub(crate) fn provider(plugins: &PluginSet, name: &str) -> Result<String, Error> {
    match plugins.for_provider(name) {
        Some((_, provider)) => Ok(provider),
        None => Err(Error::Provider {
            provider: name.to_owned(),
            help: match nearest(name, plugins.providers()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there is: {}", self::listed(plugins)),
            },
        }),
    }
}

fn listed(plugins: &PluginSet) -> String {
    match plugins.providers().as_slice() {
        [] => "none; a plugin with one is added with `run v2 plugin add`".to_owned(),
        names => names.join(", "),
    }
}
