//! The platform's side: where events come from, and answers go.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use run_runtime::incoming::ResponseBody;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::Failure;
use super::body::Streamed;

/// What is sent.
type Sent = UnsyncBoxBody<Bytes, std::convert::Infallible>;

/// The version of the interface.
const BASE: &str = "/2018-06-01/runtime";

/// One event.
pub(super) struct Invocation {
    pub(super) id: String,
    /// When its time is over, in milliseconds since 1970.
    pub(super) deadline: Option<u64>,
    pub(super) event: Bytes,
}

/// The connection to the platform, made again where it was closed.
pub(super) struct Api {
    authority: String,
    sender: Option<SendRequest<Sent>>,
}

impl Api {
    pub(super) fn new(authority: &str) -> Self {
        Self {
            authority: authority.to_owned(),
            sender: None,
        }
    }

    /// The next event. It comes when it comes.
    pub(super) async fn next(&mut self) -> Result<Invocation, String> {
        let request = Request::get(format!("{BASE}/invocation/next")).body(empty());
        let response = self.send(request).await?;
        let (parts, body) = response.into_parts();
        let header = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let id = header("lambda-runtime-aws-request-id").map(str::to_owned);
        let deadline = header("lambda-runtime-deadline-ms").and_then(|ms| ms.parse().ok());
        let event = body.collect().await.map_err(|error| error.to_string())?;
        if parts.status != StatusCode::OK {
            return Err(format!(
                "the platform answered {} to a request for the next event",
                parts.status
            ));
        }
        Ok(Invocation {
            id: id.ok_or("the platform sent an event without an id")?,
            deadline,
            event: event.to_bytes(),
        })
    }

    /// The answer to an event.
    pub(super) async fn succeeded(&mut self, id: &str, answer: String) -> Result<(), String> {
        let request = Request::post(format!("{BASE}/invocation/{id}/response"))
            .header(CONTENT_TYPE, "application/json")
            .body(whole(answer));
        self.post(request).await
    }

    /// That there is no answer, and why.
    pub(super) async fn failed(&mut self, id: &str, failure: &Failure) -> Result<(), String> {
        crate::log::line(&format!("error: {}", failure.message));
        let path = format!("{BASE}/invocation/{id}/error");
        self.error(path, failure.kind, &failure.message).await
    }

    /// That there will be no answers at all.
    pub(super) async fn cannot_start(&mut self, reason: &str) -> Result<(), String> {
        self.error(format!("{BASE}/init/error"), "Run.CannotStart", reason)
            .await
    }

    async fn error(&mut self, path: String, kind: &str, message: &str) -> Result<(), String> {
        let document = document(kind, message);
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/json")
            .header("lambda-runtime-function-error-type", kind)
            .body(whole(document.to_string()));
        self.post(request).await
    }

    /// A response as it is written: its head, and then its body.
    pub(super) async fn stream(
        &mut self,
        id: &str,
        prelude: &Value,
        body: ResponseBody,
    ) -> Result<(), String> {
        let request = Request::post(format!("{BASE}/invocation/{id}/response"))
            .header(
                CONTENT_TYPE,
                "application/vnd.awslambda.http-integration-response",
            )
            .header("lambda-runtime-function-response-mode", "streaming")
            .header("trailer", Streamed::TRAILERS)
            .body(Streamed::new(prelude, body).boxed_unsync());
        self.post(request).await
    }

    async fn post(&mut self, request: http::Result<Request<Sent>>) -> Result<(), String> {
        let response = self.send(request).await?;
        let status = response.status();
        // Read to its end, so that the connection can be used again.
        let body = response.into_body().collect().await;
        if status.is_success() {
            return Ok(());
        }
        let body = body.map(|body| body.to_bytes()).unwrap_or_default();
        let reason = String::from_utf8_lossy(&body);
        // It has refused this one answer; there are other events.
        crate::log::line(&format!("error: the platform answered {status}: {reason}"));
        Ok(())
    }

    async fn send(
        &mut self,
        request: http::Result<Request<Sent>>,
    ) -> Result<Response<Incoming>, String> {
        let mut request = request.map_err(|error| error.to_string())?;
        let host = HeaderValue::from_str(&self.authority).map_err(|error| error.to_string())?;
        request.headers_mut().insert(HOST, host);
        let reaching =
            |error: &dyn std::fmt::Display| format!("cannot reach the platform: {error}");
        let mut open = self.sender.take();
        if let Some(sender) = &mut open
            && sender.ready().await.is_err()
        {
            open = None;
        }
        let mut sender = match open {
            Some(sender) => sender,
            None => {
                let stream = TcpStream::connect(&self.authority).await;
                let stream = stream.map_err(|error| reaching(&error))?;
                stream.set_nodelay(true).ok();
                let (sender, connection) = handshake(TokioIo::new(stream))
                    .await
                    .map_err(|error| reaching(&error))?;
                tokio::spawn(connection);
                sender
            }
        };
        let response = sender.send_request(request).await;
        self.sender = Some(sender);
        response.map_err(|error| reaching(&error))
    }
}

/// What the platform shows of an error.
pub(super) fn document(kind: &str, message: &str) -> Value {
    json!({ "errorType": kind, "errorMessage": message, "stackTrace": [] })
}

fn empty() -> Sent {
    http_body_util::Empty::new().boxed_unsync()
}

fn whole(text: String) -> Sent {
    Full::from(text).boxed_unsync()
}
