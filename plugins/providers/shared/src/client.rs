//! A platform's API: where it is, how its errors read, and what is tried again.

use std::time::Duration;

use run_plugin_api::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{PlatformError, Said};
use crate::transport::{Method, Request, Response, Transport};

/// How often a request is sent at most.
const ATTEMPTS: u32 = 3;

/// The most that is waited before one more attempt, in seconds. What asks for
/// more is an error that says so: nobody watches a command do nothing.
const PATIENCE: u64 = 10;

/// One platform's API.
pub struct Client<'t> {
    transport: &'t dyn Transport,
    platform: &'static str,
    base: &'static str,
    said: fn(&serde_json::Value) -> Said,
}

/// A success.
#[derive(Debug, Clone)]
pub struct Answer {
    platform: &'static str,
    request: String,
    body: Vec<u8>,
}

impl<'t> Client<'t> {
    /// `base` is the https URL before every path, `said` reads an error answer:
    /// JSON, or a string with what is none.
    pub fn new(
        transport: &'t dyn Transport,
        platform: &'static str,
        base: &'static str,
        said: fn(&serde_json::Value) -> Said,
    ) -> Self {
        Self {
            transport,
            platform,
            base,
            said,
        }
    }

    /// Reads.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::Get, path, &[], Vec::new())
    }

    /// Reads what may not be there.
    ///
    /// # Errors
    /// As [`send`](Self::send), but for 404.
    pub fn find(&self, path: &str) -> Result<Option<Answer>> {
        match self.try_send(Method::Get, path, &[], Vec::new())? {
            Ok(answer) => Ok(Some(answer)),
            Err(refused) if refused.status == 404 => Ok(None),
            Err(refused) => Err(refused.into()),
        }
    }

    /// Sends JSON.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn json(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Answer> {
        let (headers, body) = as_json(body)?;
        self.send(method, path, &headers, body)
    }

    /// Sends JSON, with the platform's refusal as a value.
    ///
    /// # Errors
    /// There was no answer.
    pub fn try_json(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Result<Answer, PlatformError>> {
        let (headers, body) = as_json(body)?;
        self.try_send(method, path, &headers, body)
    }

    /// Removes; that it is gone already is as good.
    ///
    /// # Errors
    /// As [`send`](Self::send), but for 404.
    pub fn delete(&self, path: &str) -> Result<()> {
        match self.try_send(Method::Delete, path, &[], Vec::new())? {
            Err(refused) if refused.status != 404 => Err(refused.into()),
            _ => Ok(()),
        }
    }

    /// Sends a request below the API's base.
    ///
    /// # Errors
    /// There was no answer, or the platform refused.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer> {
        Ok(self.try_send(method, path, headers, body)??)
    }

    /// As [`send`](Self::send), of what the platform takes twice as once though
    /// its verb does not say so.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_idempotent(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer> {
        Ok(self.attempts(method, path, headers, body, true)??)
    }

    /// The same, with the platform's refusal as a value.
    ///
    /// What reads or puts in place is sent again where the platform was busy, or
    /// the connection broke. What adds is sent again only where the platform
    /// says that it did nothing: 429.
    ///
    /// # Errors
    /// There was no answer.
    pub fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Result<Answer, PlatformError>> {
        self.attempts(method, path, headers, body, method.is_idempotent())
    }

    fn attempts(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        idempotent: bool,
    ) -> Result<Result<Answer, PlatformError>> {
        let request = Request {
            method,
            url: format!("{}{path}", self.base),
            headers: headers
                .iter()
                .chain([&("accept", "application/json")])
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body,
        };
        let named = format!("{method} {}", path.split('?').next().unwrap_or(path));
        let mut attempt = 1;
        loop {
            let last = attempt == ATTEMPTS;
            let wait = match self.transport.send(&request) {
                Ok(response) if (200..300).contains(&response.status) => {
                    return Ok(Ok(Answer {
                        platform: self.platform,
                        request: named,
                        body: response.body,
                    }));
                }
                Ok(response) => match again(idempotent, &response, attempt).filter(|_| !last) {
                    Some(wait) => wait,
                    None => return Ok(Err(self.refused(named, response))),
                },
                Err(error) if is_broken(&error) && idempotent && !last => backoff(attempt),
                Err(error) => return Err(error),
            };
            self.transport.pause(wait)?;
            attempt += 1;
        }
    }

    /// Waits before the state of something is asked for again.
    ///
    /// # Errors
    /// The user asked to stop.
    pub fn pause(&self, time: Duration) -> Result<()> {
        self.transport.pause(time)
    }

    fn refused(&self, request: String, response: Response) -> PlatformError {
        let answer = serde_json::from_slice(&response.body).unwrap_or_else(|_| {
            serde_json::Value::String(String::from_utf8_lossy(&response.body).into_owned())
        });
        let said = (self.said)(&answer);
        PlatformError {
            platform: self.platform,
            request,
            status: response.status,
            said,
            retry_after: retry_after(&response),
            body: response.body,
        }
    }
}

fn as_json(body: &impl Serialize) -> Result<([(&'static str, &'static str); 1], Vec<u8>)> {
    let bytes = serde_json::to_vec(body)
        .map_err(|error| Error::failed(format!("a request cannot be written: {error}")))?;
    Ok(([("content-type", "application/json")], bytes))
}

/// How long to wait before the request is sent again, where that is safe and
/// worth it.
fn again(idempotent: bool, response: &Response, attempt: u32) -> Option<Duration> {
    let safe = match response.status {
        429 => true,
        502..=504 => idempotent,
        _ => false,
    };
    if !safe {
        return None;
    }
    match retry_after(response) {
        None => Some(backoff(attempt)),
        Some(seconds) if seconds <= PATIENCE => Some(Duration::from_secs(seconds)),
        Some(_) => None,
    }
}

fn backoff(attempt: u32) -> Duration {
    Duration::from_millis(500 << attempt.min(4))
}

/// Only the form in seconds: the other needs the other end's clock.
fn retry_after(response: &Response) -> Option<u64> {
    response.header("retry-after")?.trim().parse().ok()
}

/// Whether it is the connection's fault, and not the user's or ours.
fn is_broken(error: &Error) -> bool {
    error.kind() == run_plugin_api::ErrorKind::Remote
}

impl Answer {
    /// What it says.
    ///
    /// # Errors
    /// It is not of the shape that the platform documents.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Error::remote(format!(
                "{} answered `{}` with something unexpected: {error}",
                self.platform, self.request
            ))
            .with_help("a proxy may have answered in its place, or its API has changed")
        })
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }
}
