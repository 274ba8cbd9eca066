//! A response as it is streamed to the platform.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame};
use run_runtime::incoming::ResponseBody;
use serde_json::Value;

use super::api::document;

/// What is between a response's head and its body.
const BETWEEN: [u8; 8] = [0; 8];

const KIND: &str = "lambda-runtime-function-error-type";
const WHY: &str = "lambda-runtime-function-error-body";

/// The head of a response as JSON, and its body. That it was cut is told in the
/// trailers.
pub(super) struct Streamed {
    head: Option<Bytes>,
    body: Option<ResponseBody>,
}

impl Streamed {
    pub(super) const TRAILERS: &str =
        "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body";

    pub(super) fn new(prelude: &Value, body: ResponseBody) -> Self {
        let mut head = prelude.to_string().into_bytes();
        head.extend(BETWEEN);
        Self {
            head: Some(head.into()),
            body: Some(body),
        }
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        match Pin::new(body).poll_frame(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => Poll::Ready(Some(Ok(Frame::data(data)))),
                // The platform has trailers of its own only.
                Err(_) => self.end(None),
            },
            Poll::Ready(Some(Err(cut))) => self.end(Some(&cut.to_string())),
            Poll::Ready(None) => self.end(None),
        }
    }
}

impl Streamed {
    fn end(&mut self, cut: Option<&str>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.body = None;
        Poll::Ready(cut.map(|why| {
            let kind = "Run.ComponentFailed";
            let mut trailers = HeaderMap::new();
            trailers.insert(KIND, HeaderValue::from_static(kind));
            let document = STANDARD.encode(document(kind, why).to_string());
            if let Ok(why) = HeaderValue::from_str(&document) {
                trailers.insert(WHY, why);
            }
            Ok(Frame::trailers(trailers))
        }))
    }
}
