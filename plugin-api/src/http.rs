//! Requests of a provider. The host lets pass what the manifest declares and
//! adds credentials itself.

use crate::bindings::deploy_provider::wasi::http::{outgoing_handler, types};
use crate::bindings::deploy_provider::wasi::io::streams::StreamError;
use crate::{Error, Result};

pub use types::Method;

/// How much is written at once: what a blocking write of WASI takes at most.
const CHUNK: usize = 4096;

/// A request over https.
///
/// ```no_run
/// use run_plugin_api::http::{Method, Request};
///
/// # fn main() -> run_plugin_api::Result<()> {
/// let response = Request::new(Method::Put, "https://api.acme.test/v1/apps/shop")
///     .header("content-type", "application/json")
///     .body(br#"{"live":true}"#.to_vec())
///     .send()?;
/// assert_eq!(response.status, 200);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    method: Method,
    url: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// What came back. A status of 400 and above is not an error of its own.
#[derive(Debug, Clone)]
pub struct Response {
    /// E.g. 200.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// All of it.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A GET request.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url)
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it and waits for the whole answer.
    ///
    /// # Errors
    /// The URL or a header is not one, the host does not let the request pass,
    /// or the connection failed.
    pub fn send(self) -> Result<Response> {
        let (authority, path) = split_url(&self.url)?;
        let remote = |what: &str| Error::remote(format!("{what} {authority}"));

        let fields = types::Fields::from_list(&self.headers)
            .map_err(|error| Error::invalid_input(format!("a header is not one: {error:?}")))?;
        let request = types::OutgoingRequest::new(fields);
        let accepted = request
            .set_method(&self.method)
            .and_then(|()| request.set_scheme(Some(&types::Scheme::Https)))
            .and_then(|()| request.set_authority(Some(authority)))
            .and_then(|()| request.set_path_with_query(Some(path)));
        if accepted.is_err() {
            return Err(not_a_url(&self.url));
        }
        let body = request
            .body()
            .map_err(|()| remote("no body can be sent to"))?;
        let pending = outgoing_handler::handle(request, None).map_err(|e| failed(authority, &e))?;
        write_all(body, &self.body)
            .map_err(|()| remote("the connection broke while writing to"))?;

        let ready = pending.subscribe();
        let response = loop {
            match pending.get() {
                Some(answer) => {
                    break answer
                        .map_err(|()| remote("there is no answer from"))?
                        .map_err(|error| failed(authority, &error))?;
                }
                None => ready.block(),
            }
        };
        Ok(Response {
            status: response.status(),
            headers: response
                .headers()
                .entries()
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value))
                .collect(),
            body: read_all(&response)
                .map_err(|()| remote("the connection broke while reading from"))?,
        })
    }
}

impl Response {
    /// The first header of this name, given in lower case, where it is UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(header, _)| header == name)?;
        std::str::from_utf8(value).ok()
    }
}

fn write_all(body: types::OutgoingBody, bytes: &[u8]) -> Result<(), ()> {
    let stream = body.write()?;
    for chunk in bytes.chunks(CHUNK) {
        stream.blocking_write_and_flush(chunk).map_err(drop)?;
    }
    drop(stream);
    types::OutgoingBody::finish(body, None).map_err(drop)
}

fn read_all(response: &types::IncomingResponse) -> Result<Vec<u8>, ()> {
    let body = response.consume()?;
    let stream = body.stream()?;
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(64 * 1024) {
            Ok(chunk) => bytes.extend(chunk),
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(_)) => return Err(()),
        }
    }
}

fn failed(authority: &str, error: &types::ErrorCode) -> Error {
    Error::remote(format!("the request to {authority} failed: {error:?}"))
}

fn not_a_url(url: &str) -> Error {
    Error::invalid_input(format!("`{url}` is not an https URL"))
}

/// Authority, and path with query.
fn split_url(url: &str) -> Result<(&str, &str)> {
    let rest = url.strip_prefix("https://").ok_or_else(|| not_a_url(url))?;
    let rest = rest.split('#').next().unwrap_or(rest);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.is_empty() || authority.contains('@') {
        return Err(not_a_url(url));
    }
    Ok((authority, if path.is_empty() { "/" } else { path }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_urls_without_secrets() {
        for (url, expected) in [
            ("https://a.test", Some(("a.test", "/"))),
            (
                "https://a.test:8443/x?y=1#z",
                Some(("a.test:8443", "/x?y=1")),
            ),
            ("https://a.test?q", Some(("a.test", "?q"))),
            ("http://a.test/", None),
            ("https:///x", None),
            ("https://user:secret@a.test/", None),
        ] {
            assert_eq!(split_url(url).ok(), expected, "{url}");
        }
    }
}
