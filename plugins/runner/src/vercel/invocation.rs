//! One request, from its headers to when nothing of it is left.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use http_body::{Body, Frame, SizeHint};
use run_runtime::incoming::Ended;
use run_runtime::sandbox::LineOutlet;

use super::ipc::{Context, Ipc, Level};
use crate::log;

/// What the platform's headers for the program itself begin with. They are not
/// the component's.
const INTERNAL: &str = "x-vercel-internal-";

/// Held by whatever still works on a request. When the last lets go, the platform
/// hears that it is done.
pub(super) struct Invocation {
    ipc: Arc<Ipc>,
    /// `None` where the platform did not say which one it is.
    context: Option<Context>,
}

impl Invocation {
    /// Takes what is not the component's out of the headers.
    pub(super) fn begin(ipc: &Arc<Ipc>, headers: &mut HeaderMap) -> Arc<Self> {
        let context = taken(headers);
        if let Some(context) = &context {
            ipc.begun(context);
        }
        Arc::new(Self {
            ipc: ipc.clone(),
            context,
        })
    }

    /// For what the component prints.
    pub(super) fn lines(&self) -> LineOutlet {
        let (ipc, context) = (self.ipc.clone(), self.context.clone());
        LineOutlet::new(move |line| ipc.log(context.as_ref(), Level::Info, line))
    }

    /// What came of the component.
    pub(super) fn ended(&self, ended: &Ended) {
        if let Some(error) = &ended.error {
            self.failed(&error.to_string());
        }
        for denial in &ended.observed.denied {
            self.warn(&log::denied(denial));
        }
    }

    pub(super) fn warn(&self, of: &str) {
        self.log(Level::Warn, &format!("warning: {of}"));
    }

    /// Why it failed, for the log.
    pub(super) fn failed(&self, why: &str) {
        self.log(Level::Error, &format!("error: {why}"));
    }

    fn log(&self, level: Level, line: &str) {
        self.ipc.log(self.context.as_ref(), level, line);
    }
}

impl Drop for Invocation {
    fn drop(&mut self) {
        if let Some(context) = &self.context {
            self.ipc.end(context);
        }
    }
}

fn taken(headers: &mut HeaderMap) -> Option<Context> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    let invocation = text("x-vercel-internal-invocation-id");
    let request = text("x-vercel-internal-request-id").and_then(|number| number.parse().ok());
    let internal: Vec<HeaderName> = headers
        .keys()
        .filter(|name| name.as_str().starts_with(INTERNAL))
        .cloned()
        .collect();
    for name in internal {
        headers.remove(name);
    }
    Some(Context {
        invocation: invocation?,
        request: request?,
    })
}

/// A body that holds on to a request until it is sent, or nobody wants it.
pub(super) struct Until<B> {
    body: B,
    _done: Option<Arc<Invocation>>,
}

impl<B> Until<B> {
    pub(super) fn sent(body: B, done: Option<Arc<Invocation>>) -> Self {
        Self { body, _done: done }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Until<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use http_body_util::Full;
    use serde_json::{Value, json};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn what_is_the_platforms_is_told_to_it_and_nobody_else() {
        let (ipc, mut platform) = Ipc::pair();
        let mut headers = headers(&[
            ("x-vercel-internal-invocation-id", "inv"),
            ("x-vercel-internal-request-id", "18446744073709551615"),
            ("x-vercel-internal-trace-id", "t"),
            ("x-vercel-id", "fra1::x"),
        ]);
        let invocation = Invocation::begin(&ipc, &mut headers);
        let names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["x-vercel-id"]);
        let body = Until::sent(Full::<Bytes>::from("all"), Some(invocation.clone()));
        invocation.failed("no");
        drop(invocation);
        ipc.log(None, Level::Info, "in between");
        drop(body);
        drop(ipc);

        let mut told = String::new();
        platform.read_to_string(&mut told).unwrap();
        let mut told: Vec<Value> = told
            .split_terminator('\0')
            .map(|message| serde_json::from_str(message).unwrap())
            .collect();
        let context = json!({ "invocationId": "inv", "requestId": u64::MAX });
        assert!(told[0]["payload"]["handlerStartedAt"].is_u64());
        told[0]["payload"]["handlerStartedAt"] = json!(0);
        assert_eq!(
            told,
            [
                json!({ "type": "handler-started",
                        "payload": { "context": context, "handlerStartedAt": 0 } }),
                json!({ "type": "log", "payload": {
                    "context": context, "message": "ZXJyb3I6IG5v", "level": "error" } }),
                json!({ "type": "log", "payload": {
                    "context": { "invocationId": "0", "requestId": 0 },
                    "message": "aW4gYmV0d2Vlbg==", "level": "info" } }),
                json!({ "type": "end", "payload": { "context": context, "error": null } }),
            ]
        );
    }

    #[test]
    fn a_request_without_numbers_is_no_less_a_request() {
        let (ipc, mut platform) = Ipc::pair();
        let mut headers = headers(&[("x-vercel-internal-request-id", "none")]);
        drop(Invocation::begin(&ipc, &mut headers));
        assert!(headers.is_empty());
        drop(ipc);
        assert_eq!(platform.read(&mut [0]).unwrap(), 0);
    }
}
