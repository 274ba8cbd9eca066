//! Plans and deployments as a person or a program reads them.

use run_deploy::{Checked, Done, Plan};
use run_plugins::api::{Deployment, Verb};
use serde_json::{Value, json};

use super::profile::Chosen;
use super::session::Session;
use crate::shell::Shell;

/// What would be done to one component.
pub(super) fn plan(
    name: &str,
    digest: &str,
    plan: &Plan,
    session: &Session<'_>,
    profile: &Chosen,
    shell: &Shell,
) {
    shell.out(&format!(
        "{name} → {} (profile {}), {digest}",
        session.provider, profile.name
    ));
    let actions = &plan.proposal.actions;
    let width = actions
        .iter()
        .map(|action| action.subject.chars().count())
        .max()
        .unwrap_or(0)
        .min(40);
    for action in actions {
        let (mark, style) = match action.verb {
            Verb::Create => ("+", "32"),
            Verb::Update | Verb::Promote => ("~", "33"),
            Verb::Replace | Verb::Delete => ("-", "31"),
            Verb::Keep => ("=", "2"),
        };
        let lost = if action.destructive {
            " (something is lost)"
        } else {
            ""
        };
        let line = format!(
            "  {mark} {:<8}{:<width$}  {}{lost}",
            action.verb.name(),
            action.subject,
            action.summary
        );
        shell.out(&shell.paint(style, line.trim_end()));
    }
    if actions.is_empty() {
        shell.out("  nothing to do");
    }
    let secrets = &session.options.secrets;
    if !secrets.is_empty() {
        shell.out(&format!(
            "  secrets from the environment: {}",
            secrets.join(", ")
        ));
    }
}

/// What became of it.
pub(super) fn done(name: &str, done: &Done, shell: &Shell) {
    let place = done.deployment.url.as_deref().unwrap_or("without a URL");
    let checked = match &done.checked {
        Checked::Digest => "answers with this artifact".to_owned(),
        Checked::Answer(status) => {
            format!("answers with status {status}, and does not say with which artifact")
        }
        Checked::Not => "not asked".to_owned(),
    };
    shell.status(
        "Deployed",
        &format!("{name} → {place} ({}; {checked})", done.deployment.id),
    );
    if let Some(url) = done.deployment.url.as_deref().filter(|_| !shell.json()) {
        shell.out(url);
    }
}

pub(super) fn plan_json(plan: &Plan) -> Value {
    plan.proposal
        .actions
        .iter()
        .map(|action| {
            json!({
                "verb": action.verb.name(),
                "subject": action.subject,
                "summary": action.summary,
                "destructive": action.destructive,
            })
        })
        .collect()
}

pub(super) fn deployment_json(deployment: &Deployment) -> Value {
    let attributes: serde_json::Map<_, _> = deployment
        .attributes
        .iter()
        .map(|(key, value)| (key.clone(), Value::from(value.as_str())))
        .collect();
    json!({ "id": deployment.id, "url": deployment.url, "attributes": attributes })
}

pub(super) fn checked_json(checked: &Checked) -> Value {
    match checked {
        Checked::Digest => "digest".into(),
        Checked::Answer(status) => json!({ "status": status }),
        Checked::Not => Value::Null,
    }
}
