//! Answers: the component's own, and those that it gets.

use alloc::format;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};

use crate::Io;
use crate::bindings::exports::wasi::http::types as http;
use crate::bindings::exports::wasi::io0_2_12::error;
use crate::bindings::fastly::compute::{http_body, http_resp};
use crate::fields::Fields;
use crate::incoming::{Incoming, IncomingBody, Trailers};
use crate::outgoing::{Outgoing, OutgoingBody};
use crate::request::{IncomingRequest, OutgoingRequest};
use crate::sending::{FutureIncomingResponse, RequestOptions};
use crate::{errors, headers, slot, system};

/// What says which artifact answers.
const DIGEST: &str = "x-run-digest";

/// `wasi:http/types.outgoing-response`.
pub(crate) struct OutgoingResponse {
    status: Cell<u16>,
    headers: Fields,
    body: Rc<Outgoing>,
}

impl http::GuestOutgoingResponse for OutgoingResponse {
    fn new(headers: http::Headers) -> Self {
        let headers: Fields = headers.into_inner();
        headers.fix();
        Self {
            status: Cell::new(200),
            headers,
            body: Outgoing::new(),
        }
    }

    fn status_code(&self) -> u16 {
        self.status.get()
    }

    fn set_status_code(&self, status: u16) -> Result<(), ()> {
        if !(100..1000).contains(&status) {
            return Err(());
        }
        self.status.set(status);
        Ok(())
    }

    fn headers(&self) -> http::Headers {
        http::Fields::new(self.headers.clone())
    }

    fn body(&self) -> Result<http::OutgoingBody, ()> {
        self.body.take()
    }
}

/// `wasi:http/types.response-outparam`. Dropped without an answer, it sends one
/// that says so, where the client would wait for nothing.
#[derive(Default)]
pub(crate) struct ResponseOutparam {
    set: Cell<bool>,
}

impl http::GuestResponseOutparam for ResponseOutparam {
    fn set(
        this: http::ResponseOutparam,
        response: Result<http::OutgoingResponse, http::ErrorCode>,
    ) {
        let this: ResponseOutparam = this.into_inner();
        this.set.set(true);
        let sent = response.and_then(|response| send(&response.into_inner()));
        if let Err(code) = sent {
            system::complain(&format!("the component's answer was an error: {code:?}"));
            fail();
        }
    }
}

impl Drop for ResponseOutparam {
    fn drop(&mut self) {
        if !self.set.get() {
            system::complain("the component gave no answer");
            fail();
        }
    }
}

fn send(response: &OutgoingResponse) -> Result<(), http::ErrorCode> {
    let sent = http_resp::Response::new().map_err(errors::http)?;
    sent.set_status(response.status.get())
        .map_err(errors::http)?;
    for (name, value) in response.headers.all() {
        sent.append_header(&name, &value).map_err(errors::http)?;
    }
    sign(&sent);
    let sent = RefCell::new(Some(sent));
    let next = || sent.take().ok_or_else(|| errors::internal("it was sent"));
    response
        .body
        .send(
            |body| http_resp::send_downstream(next()?, body).map_err(errors::http),
            |body| http_resp::send_downstream_streaming(next()?, body).map_err(errors::http),
        )
        .unwrap_or_else(|| Err(errors::internal("there is no body to send")))
}

/// The last resort: what fails here cannot be told to anybody.
fn fail() {
    if let (Ok(response), Ok(body)) = (http_resp::Response::new(), http_body::new()) {
        let _ = response.set_status(500);
        sign(&response);
        let _ = http_resp::send_downstream(response, body);
    }
}

fn sign(response: &http_resp::Response) {
    if let Some(digest) = slot::digest() {
        let _ = response.insert_header(DIGEST, digest.as_bytes());
    }
}

/// `wasi:http/types.incoming-response`.
pub(crate) struct IncomingResponse {
    status: u16,
    headers: Fields,
    body: Incoming,
}

impl IncomingResponse {
    pub(crate) fn new(response: &http_resp::Response, body: http_body::Body) -> Self {
        Self {
            status: response.get_status().unwrap_or_default(),
            headers: Fields::fixed(headers::collect(
                |length, from| response.get_header_names(length, from),
                |name, length, from| response.get_header_values(name, length, from),
            )),
            body: Incoming::new(body),
        }
    }
}

impl http::GuestIncomingResponse for IncomingResponse {
    fn status(&self) -> u16 {
        self.status
    }

    fn headers(&self) -> http::Headers {
        http::Fields::new(self.headers.clone())
    }

    fn consume(&self) -> Result<http::IncomingBody, ()> {
        self.body.take()
    }
}

impl http::Guest for Io {
    type Fields = Fields;
    type IncomingRequest = IncomingRequest;
    type OutgoingRequest = OutgoingRequest;
    type RequestOptions = RequestOptions;
    type ResponseOutparam = ResponseOutparam;
    type IncomingResponse = IncomingResponse;
    type IncomingBody = IncomingBody;
    type FutureTrailers = Trailers;
    type OutgoingResponse = OutgoingResponse;
    type OutgoingBody = OutgoingBody;
    type FutureIncomingResponse = FutureIncomingResponse;

    fn http_error_code(error: error::ErrorBorrow<'_>) -> Option<http::ErrorCode> {
        errors::code_of(&error)
    }
}
