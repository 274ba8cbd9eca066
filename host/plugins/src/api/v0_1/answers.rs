//! A provider's answers, checked: what is shown to a person or written to a
//! record is short text without control characters.

use super::bindings::provider::exports::run::plugin::provider as wit;
use crate::api::{Action, Deployment, LogPage, Phase, Proposal, State, Verb};

/// The most a proposal's memo may hold.
const MEMO: usize = 64 * 1024;

/// The longest of texts that are names.
const NAME: usize = 512;

/// The longest of texts that are sentences or values.
const TEXT: usize = 1024;

/// The most entries of a list.
pub(super) const ENTRIES: usize = 256;

pub(super) fn proposal(proposal: wit::Proposal) -> Result<Proposal, String> {
    if proposal.memo.len() > MEMO {
        return Err(format!(
            "its proposal's memo is larger than {} KiB",
            MEMO >> 10
        ));
    }
    if proposal.actions.len() > ENTRIES {
        return Err(format!("it proposed more than {ENTRIES} actions"));
    }
    let actions = proposal.actions.into_iter().map(|action| {
        Ok(Action {
            verb: match action.verb {
                wit::Verb::Create => Verb::Create,
                wit::Verb::Update => Verb::Update,
                wit::Verb::Replace => Verb::Replace,
                wit::Verb::Delete => Verb::Delete,
                wit::Verb::Promote => Verb::Promote,
                wit::Verb::Keep => Verb::Keep,
            },
            subject: text("an action's subject", action.subject, NAME)?,
            summary: text("an action's summary", action.summary, TEXT)?,
            destructive: action.destructive,
        })
    });
    Ok(Proposal {
        actions: actions.collect::<Result<_, String>>()?,
        memo: proposal.memo,
    })
}

/// A proposal as the provider made it.
pub(super) fn back(proposal: &Proposal) -> wit::Proposal {
    let actions = proposal.actions.iter().map(|action| wit::Action {
        verb: match action.verb {
            Verb::Create => wit::Verb::Create,
            Verb::Update => wit::Verb::Update,
            Verb::Replace => wit::Verb::Replace,
            Verb::Delete => wit::Verb::Delete,
            Verb::Promote => wit::Verb::Promote,
            Verb::Keep => wit::Verb::Keep,
        },
        subject: action.subject.clone(),
        summary: action.summary.clone(),
        destructive: action.destructive,
    });
    wit::Proposal {
        actions: actions.collect(),
        memo: proposal.memo.clone(),
    }
}

pub(super) fn deployment(made: wit::Deployment) -> Result<Deployment, String> {
    if made.attributes.len() > ENTRIES {
        return Err(format!("it gave more than {ENTRIES} attributes"));
    }
    let attributes = made.attributes.into_iter().map(|attribute| {
        Ok((
            text("an attribute's name", attribute.key, NAME)?,
            text("an attribute", attribute.value, TEXT)?,
        ))
    });
    let url = made
        .url
        .map(|url| text("a URL", url, 2 * TEXT))
        .transpose()?;
    if let Some(url) = &url {
        let uri: Option<http::Uri> = url.parse().ok();
        let whole = uri.is_some_and(|uri| {
            uri.host().is_some() && matches!(uri.scheme_str(), Some("https" | "http"))
        });
        if !whole {
            return Err(format!("it gave `{url}`, which is no URL"));
        }
    }
    Ok(Deployment {
        id: text("an id", made.id, NAME)?,
        url,
        attributes: attributes.collect::<Result<_, String>>()?,
    })
}

pub(super) fn states(states: Vec<wit::State>) -> Result<Vec<State>, String> {
    states
        .into_iter()
        .take(ENTRIES)
        .map(|state| {
            Ok(State {
                phase: match state.phase {
                    wit::Phase::Pending => Phase::Pending,
                    wit::Phase::Live => Phase::Live,
                    wit::Phase::Superseded => Phase::Superseded,
                    wit::Phase::Failed => Phase::Failed,
                },
                deployment: deployment(state.deployment)?,
                message: state.message.map(|message| printable(&message)),
            })
        })
        .collect()
}

pub(super) fn log_page(page: wit::LogPage) -> Result<LogPage, String> {
    Ok(LogPage {
        lines: page
            .lines
            .iter()
            .map(|line| printable(line.trim_end()).replace('\n', " "))
            .collect(),
        cursor: page.cursor.filter(|cursor| cursor.len() <= MEMO),
    })
}

/// A platform's words often are in it.
pub(super) fn error(error: wit::Error) -> wit::Error {
    wit::Error {
        kind: error.kind,
        message: printable(&error.message),
        help: error.help.map(|help| printable(&help)),
    }
}

fn text(what: &str, text: String, longest: usize) -> Result<String, String> {
    if text.len() > longest {
        return Err(format!("it gave {what} of more than {longest} bytes"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("it gave {what} with control characters"));
    }
    Ok(text)
}

/// Others' text, which may try to move the cursor of whoever reads it.
fn printable(text: &str) -> String {
    let shown = |c: char| {
        if c.is_control() && !matches!(c, '\t' | '\n') {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}
