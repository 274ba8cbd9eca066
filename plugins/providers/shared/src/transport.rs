//! How requests leave: over the host, or in a test over a script.

use std::fmt;
use std::time::Duration;

use run_plugin_api::provider::Job;
use run_plugin_api::{Error, Result, events, http};

/// What carries requests.
pub trait Transport {
    /// Sends one and waits for the whole answer.
    ///
    /// # Errors
    /// It did not leave, or there is no answer.
    fn send(&self, request: &Request) -> Result<Response>;

    /// Waits before something is tried again.
    ///
    /// # Errors
    /// The user asked to stop.
    fn pause(&self, time: Duration) -> Result<()>;
}

/// The verbs that platforms use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Puts in place: the same again changes nothing.
    Put,
    /// Adds, or starts something.
    Post,
    /// Changes a part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// Whether the same request again leaves things as one leaves them.
    #[must_use]
    pub fn is_idempotent(self) -> bool {
        matches!(self, Self::Get | Self::Put | Self::Delete)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        })
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its verb.
    pub method: Method,
    /// The whole https URL.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// All of it.
    pub body: Vec<u8>,
}

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// E.g. 200.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// All of it.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of this name, given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(header, _)| header == name)?;
        Some(value)
    }
}

/// The host's network, and its clock.
#[derive(Debug, Clone, Copy)]
pub struct Wasi<'a> {
    /// What is done for.
    pub job: &'a Job,
}

impl Transport for Wasi<'_> {
    fn send(&self, request: &Request) -> Result<Response> {
        if events::cancelled() {
            return Err(Error::cancelled());
        }
        events::debug(&format!("{} {}", request.method, request.url));
        let method = match request.method {
            Method::Get => http::Method::Get,
            Method::Put => http::Method::Put,
            Method::Post => http::Method::Post,
            Method::Patch => http::Method::Patch,
            Method::Delete => http::Method::Delete,
        };
        let mut sent = http::Request::new(method, request.url.as_str());
        for (name, value) in &request.headers {
            sent = sent.header(name.as_str(), value.as_bytes());
        }
        let response = sent.body(request.body.as_slice()).send()?;
        let text = |value: Vec<u8>| String::from_utf8_lossy(&value).into_owned();
        Ok(Response {
            status: response.status,
            headers: response
                .headers
                .into_iter()
                .map(|(name, value)| (name, text(value)))
                .collect(),
            body: response.body,
        })
    }

    fn pause(&self, time: Duration) -> Result<()> {
        let milliseconds = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        match self.job.wait(milliseconds) {
            true => Ok(()),
            false => Err(Error::cancelled()),
        }
    }
}
