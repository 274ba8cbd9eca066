//! Sending a request, and waiting for its answer.

use alloc::format;
use alloc::string::{String, ToString};
use core::cell::{Cell, RefCell};

use crate::Io;
use crate::bindings::exports::wasi::http::{outgoing_handler, types as http};
use crate::bindings::exports::wasi::io0_2_12::poll;
use crate::bindings::fastly::compute::http_req;
use crate::poll::{Shared, Wait, is_ready, shared};
use crate::request::OutgoingRequest;
use crate::response::IncomingResponse;
use crate::{backends, errors};

/// `wasi:http/types.request-options`: times in nanoseconds.
#[derive(Default)]
pub(crate) struct RequestOptions {
    connect: Cell<Option<u64>>,
    first_byte: Cell<Option<u64>>,
    between_bytes: Cell<Option<u64>>,
}

impl RequestOptions {
    /// In milliseconds, as the platform has them: until connected, until the
    /// first byte, between bytes.
    pub(crate) fn milliseconds(&self) -> [Option<u32>; 3] {
        [&self.connect, &self.first_byte, &self.between_bytes].map(|time| {
            let time = time.get()?.div_ceil(1_000_000);
            Some(u32::try_from(time).unwrap_or(u32::MAX))
        })
    }
}

impl http::GuestRequestOptions for RequestOptions {
    fn new() -> Self {
        Self::default()
    }

    fn connect_timeout(&self) -> Option<u64> {
        self.connect.get()
    }

    fn set_connect_timeout(&self, time: Option<u64>) -> Result<(), ()> {
        self.connect.set(time);
        Ok(())
    }

    fn first_byte_timeout(&self) -> Option<u64> {
        self.first_byte.get()
    }

    fn set_first_byte_timeout(&self, time: Option<u64>) -> Result<(), ()> {
        self.first_byte.set(time);
        Ok(())
    }

    fn between_bytes_timeout(&self) -> Option<u64> {
        self.between_bytes.get()
    }

    fn set_between_bytes_timeout(&self, time: Option<u64>) -> Result<(), ()> {
        self.between_bytes.set(time);
        Ok(())
    }
}

impl outgoing_handler::Guest for Io {
    fn handle(
        request: http::OutgoingRequest,
        options: Option<http::RequestOptions>,
    ) -> Result<http::FutureIncomingResponse, http::ErrorCode> {
        let request: OutgoingRequest = request.into_inner();
        let options = options.map(|options| options.into_inner::<RequestOptions>());
        let pending = send(&request, &options.unwrap_or_default())?;
        Ok(http::FutureIncomingResponse::new(FutureIncomingResponse {
            pending: shared(pending),
            given: Cell::new(false),
        }))
    }
}

fn send(
    request: &OutgoingRequest,
    options: &RequestOptions,
) -> Result<http_req::PendingResponse, http::ErrorCode> {
    let authority = request.authority.borrow();
    let authority = authority
        .as_deref()
        .ok_or(http::ErrorCode::HttpRequestUriInvalid)?;
    let tls = match &*request.scheme.borrow() {
        Some(http::Scheme::Http) => false,
        None | Some(http::Scheme::Https) => true,
        Some(http::Scheme::Other(_)) => return Err(http::ErrorCode::HttpProtocolError),
    };
    let target = request.target.borrow();
    let target = target.as_deref().unwrap_or("/");
    let scheme = if tls { "https" } else { "http" };
    let sent = http_req::Request::new().map_err(errors::http)?;
    sent.set_method(&name(&request.method.borrow()))
        .map_err(|_| http::ErrorCode::HttpRequestMethodInvalid)?;
    sent.set_uri(&format!("{scheme}://{authority}{target}"))
        .map_err(|_| http::ErrorCode::HttpRequestUriInvalid)?;
    // Caching is the component's own affair, as everywhere else.
    sent.set_cache_override(&http_req::CacheOverride::Pass)
        .map_err(errors::http)?;
    for (name, value) in request.headers.all() {
        sent.append_header(&name, &value).map_err(errors::http)?;
    }
    backends::with(authority, tls, options, |backend| {
        // One of the two is called.
        let sent = RefCell::new(Some(sent));
        let next = || sent.take().ok_or_else(|| errors::internal("it was sent"));
        request
            .body
            .send(
                |body| http_req::send_async(next()?, body, backend).map_err(errors::http),
                |body| http_req::send_async_streaming(next()?, body, backend).map_err(errors::http),
            )
            .unwrap_or_else(|| Err(errors::internal("there is no body to send")))
    })
}

fn name(method: &http::Method) -> String {
    match method {
        http::Method::Get => "GET",
        http::Method::Head => "HEAD",
        http::Method::Post => "POST",
        http::Method::Put => "PUT",
        http::Method::Delete => "DELETE",
        http::Method::Connect => "CONNECT",
        http::Method::Options => "OPTIONS",
        http::Method::Trace => "TRACE",
        http::Method::Patch => "PATCH",
        http::Method::Other(name) => name,
    }
    .to_string()
}

/// `wasi:http/types.future-incoming-response`.
pub(crate) struct FutureIncomingResponse {
    pending: Shared,
    given: Cell<bool>,
}

impl http::GuestFutureIncomingResponse for FutureIncomingResponse {
    fn subscribe(&self) -> poll::Pollable {
        Wait::Platform(self.pending.clone()).pollable()
    }

    fn get(&self) -> Option<Result<Result<http::IncomingResponse, http::ErrorCode>, ()>> {
        if self.given.get() {
            return Some(Err(()));
        }
        if !is_ready(&self.pending) {
            return None;
        }
        self.given.set(true);
        let pending = self.pending.take()?;
        let answer = http_req::await_response(pending)
            .map(|(response, body)| IncomingResponse::new(&response, body))
            .map(http::IncomingResponse::new)
            .map_err(errors::sent);
        Some(Ok(answer))
    }
}
