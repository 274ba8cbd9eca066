//! Requests: the one that came in, and those that the component makes.

use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;

use crate::Io;
use crate::bindings::exports::run::fastly::bridge;
use crate::bindings::exports::wasi::http::types as http;
use crate::bindings::fastly::compute::{http_body, http_req};
use crate::fields::Fields;
use crate::headers;
use crate::incoming::Incoming;
use crate::outgoing::Outgoing;
use crate::response::ResponseOutparam;

/// More than the platform lets a URL have.
const LENGTH: u64 = 64 * 1024;

impl bridge::Guest for Io {
    fn incoming(
        request: http_req::Request,
        body: http_body::Body,
    ) -> (http::IncomingRequest, http::ResponseOutparam) {
        let request = IncomingRequest::new(&request, body);
        (
            http::IncomingRequest::new(request),
            http::ResponseOutparam::new(ResponseOutparam::default()),
        )
    }
}

/// `wasi:http/types.incoming-request`.
pub(crate) struct IncomingRequest {
    method: String,
    scheme: Option<String>,
    authority: Option<String>,
    target: String,
    headers: Fields,
    body: Incoming,
}

impl IncomingRequest {
    fn new(request: &http_req::Request, body: http_body::Body) -> Self {
        let url = request.get_uri(LENGTH).unwrap_or_default();
        let (scheme, authority, target) = split(&url);
        Self {
            method: request.get_method(LENGTH).unwrap_or_default(),
            scheme: scheme.map(ToOwned::to_owned),
            authority: authority.map(ToOwned::to_owned),
            target: target.to_owned(),
            headers: Fields::fixed(headers::collect(
                |length, from| request.get_header_names(length, from),
                |name, length, from| request.get_header_values(name, length, from),
            )),
            body: Incoming::new(body),
        }
    }
}

/// Scheme, authority, and path with query.
fn split(url: &str) -> (Option<&str>, Option<&str>, &str) {
    let Some((scheme, rest)) = url.split_once("://") else {
        return (None, None, url);
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    (
        Some(scheme),
        Some(authority),
        if target.is_empty() { "/" } else { target },
    )
}

impl http::GuestIncomingRequest for IncomingRequest {
    fn method(&self) -> http::Method {
        match self.method.as_str() {
            "GET" => http::Method::Get,
            "HEAD" => http::Method::Head,
            "POST" => http::Method::Post,
            "PUT" => http::Method::Put,
            "DELETE" => http::Method::Delete,
            "CONNECT" => http::Method::Connect,
            "OPTIONS" => http::Method::Options,
            "TRACE" => http::Method::Trace,
            "PATCH" => http::Method::Patch,
            other => http::Method::Other(other.to_owned()),
        }
    }

    fn path_with_query(&self) -> Option<String> {
        Some(self.target.clone())
    }

    fn scheme(&self) -> Option<http::Scheme> {
        Some(match self.scheme.as_deref()? {
            "http" => http::Scheme::Http,
            "https" => http::Scheme::Https,
            other => http::Scheme::Other(other.to_owned()),
        })
    }

    fn authority(&self) -> Option<String> {
        self.authority.clone()
    }

    fn headers(&self) -> http::Headers {
        http::Fields::new(self.headers.clone())
    }

    fn consume(&self) -> Result<http::IncomingBody, ()> {
        self.body.take()
    }
}

/// `wasi:http/types.outgoing-request`.
pub(crate) struct OutgoingRequest {
    pub(crate) method: RefCell<http::Method>,
    pub(crate) scheme: RefCell<Option<http::Scheme>>,
    pub(crate) authority: RefCell<Option<String>>,
    pub(crate) target: RefCell<Option<String>>,
    pub(crate) headers: Fields,
    pub(crate) body: Rc<Outgoing>,
}

impl http::GuestOutgoingRequest for OutgoingRequest {
    fn new(headers: http::Headers) -> Self {
        let headers: Fields = headers.into_inner();
        headers.fix();
        Self {
            method: RefCell::new(http::Method::Get),
            scheme: RefCell::default(),
            authority: RefCell::default(),
            target: RefCell::default(),
            headers,
            body: Outgoing::new(),
        }
    }

    fn body(&self) -> Result<http::OutgoingBody, ()> {
        self.body.take()
    }

    fn method(&self) -> http::Method {
        self.method.borrow().clone()
    }

    fn set_method(&self, method: http::Method) -> Result<(), ()> {
        if let http::Method::Other(name) = &method
            && (name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()))
        {
            return Err(());
        }
        *self.method.borrow_mut() = method;
        Ok(())
    }

    fn path_with_query(&self) -> Option<String> {
        self.target.borrow().clone()
    }

    fn set_path_with_query(&self, target: Option<String>) -> Result<(), ()> {
        set(&self.target, target)
    }

    fn scheme(&self) -> Option<http::Scheme> {
        self.scheme.borrow().clone()
    }

    fn set_scheme(&self, scheme: Option<http::Scheme>) -> Result<(), ()> {
        *self.scheme.borrow_mut() = scheme;
        Ok(())
    }

    fn authority(&self) -> Option<String> {
        self.authority.borrow().clone()
    }

    fn set_authority(&self, authority: Option<String>) -> Result<(), ()> {
        set(&self.authority, authority)
    }

    fn headers(&self) -> http::Headers {
        http::Fields::new(self.headers.clone())
    }
}

/// Nothing of a URL has spaces or controls.
fn set(part: &RefCell<Option<String>>, text: Option<String>) -> Result<(), ()> {
    let fits = |text: &String| text.bytes().all(|b| b.is_ascii_graphic() || !b.is_ascii());
    if text.as_ref().is_some_and(|text| !fits(text)) {
        return Err(());
    }
    *part.borrow_mut() = text;
    Ok(())
}
