//! AWS's APIs, as far as deployments need them.

mod functions;
mod urls;
mod versions;

use run_provider_shared::{Client, Said, Transport};
use serde_json::Value;

pub(crate) use functions::{Function, Lambda};
pub(crate) use urls::{FunctionUrl, wanted};
pub(crate) use versions::LIVE;

/// A client for one service in one region. Its base lives as long as the
/// plugin, which is one call.
pub(crate) fn client<'t>(
    transport: &'t dyn Transport,
    service: &str,
    region: Option<&str>,
) -> Client<'t> {
    let host = match region {
        Some(region) => format!("https://{service}.{region}.amazonaws.com"),
        None => format!("https://{service}.amazonaws.com"),
    };
    Client::new(transport, "AWS", host.leak(), said)
}

/// Errors of the services that speak JSON, where the code is in a header and in
/// some of them in the body; and of the one that speaks XML.
fn said(answer: &Value) -> Said {
    if let Some(xml) = answer.as_str() {
        return Said {
            code: between(xml, "<Code>", "</Code>"),
            message: between(xml, "<Message>", "</Message>"),
        };
    }
    let text = |key: &str| answer[key].as_str().map(str::to_owned);
    Said {
        code: text("__type")
            .or_else(|| text("Code"))
            .or_else(|| text("code")),
        message: text("Message").or_else(|| text("message")),
    }
}

/// What is between two marks in an answer of XML.
pub(crate) fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0.trim().to_owned())
}
