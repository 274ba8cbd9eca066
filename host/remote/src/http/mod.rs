//! Requests with bounds.

mod address;
mod answer;

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use url::Url;

use crate::error::RemoteError;

pub(crate) use address::{check, check_sent_to, host, is_local};
pub(crate) use answer::Reply;

/// How long is waited for a store.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until it can be spoken to, and until it begins to answer.
    pub answer: Duration,
    /// Until all of what is sent or answered is there.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            whole: Duration::from_secs(120),
        }
    }
}

/// Where a store says that a file is elsewhere, that many times it may be.
const MOST_REDIRECTS: usize = 4;

/// What may be read of an error's text.
const ERROR_TEXT: u64 = 16 << 10;

pub(crate) struct Http {
    agent: Agent,
    host: String,
}

/// One request.
#[derive(Clone)]
pub(crate) struct Request<'r> {
    pub(crate) method: &'static str,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(&'r str, &'r str)>,
    pub(crate) body: Option<&'r [u8]>,
    /// The largest answer, in bytes.
    pub(crate) limit: u64,
}

impl Request<'_> {
    pub(crate) fn get(url: Url, limit: u64) -> Self {
        Self {
            method: "GET",
            url,
            headers: Vec::new(),
            body: None,
            limit,
        }
    }
}

impl Http {
    /// For requests to `base`, and wherever it redirects to.
    pub(crate) fn new(base: &Url, patience: Patience) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("run/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(patience.answer))
            .timeout_connect(Some(patience.answer))
            .timeout_send_request(Some(patience.answer))
            .timeout_recv_response(Some(patience.answer))
            .timeout_send_body(Some(patience.whole))
            .timeout_recv_body(Some(patience.whole))
            // They are followed here, where it is known what may go along.
            .max_redirects(0)
            .max_redirects_will_error(false);
        let config = match roots() {
            Some(roots) => config.tls_config(TlsConfig::builder().root_certs(roots).build()),
            None => config,
        };
        let config = match is_local(base) {
            // A proxy is for the way out.
            true => config.proxy(None),
            false => config,
        };
        Self {
            agent: config.build().into(),
            host: host(base),
        }
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Sends a request and reads the answer, whatever it is.
    pub(crate) fn send(&self, request: &Request<'_>) -> Result<Reply, RemoteError> {
        let mut builder = ureq::http::Request::builder()
            .method(request.method)
            .uri(request.url.as_str());
        for (name, value) in &request.headers {
            builder = builder.header(*name, *value);
        }
        // A body that is bytes is sent with its length, which stores insist on.
        let sent = match request.body {
            Some(bytes) => builder.body(bytes).map(|request| self.agent.run(request)),
            None => builder.body(()).map(|request| self.agent.run(request)),
        };
        let response = sent
            // Of what is put into headers only credentials may not fit.
            .map_err(|_| self.unreachable("the credentials are no text for a header"))?
            .map_err(|error| self.failed(&error, request.limit))?;
        let status = response.status();
        let limit = match status.as_u16() {
            200..300 => request.limit,
            _ => ERROR_TEXT,
        };
        let (parts, body) = response.into_parts();
        if status.is_success() && body.content_length().is_some_and(|length| length > limit) {
            return Err(self.too_large(limit));
        }
        let mut body = body;
        let body = body.with_config().limit(limit).read_to_vec();
        let body = match body {
            Ok(body) => body,
            // An error's text is not what it is about.
            Err(_) if !status.is_success() => Vec::new(),
            Err(error) => return Err(self.failed(&error, limit)),
        };
        Ok(Reply {
            status: status.as_u16(),
            headers: parts.headers,
            body,
        })
    }

    /// As [`send`](Self::send), and follows the store to where a file is. To
    /// another place nothing goes along.
    pub(crate) fn fetch(&self, request: &Request<'_>) -> Result<Reply, RemoteError> {
        let mut request = request.clone();
        for _ in 0..=MOST_REDIRECTS {
            let reply = self.send(&request)?;
            if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(reply);
            }
            let next = reply
                .header("location")
                .and_then(|location| request.url.join(location).ok())
                .ok_or_else(|| self.protocol("it redirects to no address"))?;
            check_sent_to(&request.url, &next).map_err(|reason| self.protocol(reason))?;
            if next.origin() != request.url.origin() {
                request.headers.clear();
            }
            request.url = next;
        }
        Err(self.protocol("it redirects without end"))
    }

    pub(crate) fn protocol(&self, reason: &str) -> RemoteError {
        RemoteError::Protocol {
            host: self.host.clone(),
            reason: reason.to_owned(),
        }
    }

    fn failed(&self, error: &ureq::Error, limit: u64) -> RemoteError {
        match error {
            ureq::Error::BodyExceedsLimit(_) => self.too_large(limit),
            // How the body's reader passes the same on.
            ureq::Error::Io(error) if error.to_string().contains("limit") => self.too_large(limit),
            ureq::Error::Timeout(_) => self.unreachable("it does not answer in time"),
            ureq::Error::HostNotFound => self.unreachable("there is no such host"),
            error => self.unreachable(&error.to_string()),
        }
    }

    fn unreachable(&self, reason: &str) -> RemoteError {
        RemoteError::Unreachable {
            host: self.host.clone(),
            reason: reason.to_owned(),
        }
    }

    fn too_large(&self, limit: u64) -> RemoteError {
        RemoteError::TooLarge {
            host: self.host.clone(),
            limit,
        }
    }
}

/// The certificates of `SSL_CERT_FILE`, where an organisation has its own.
fn roots() -> Option<RootCerts> {
    let file = std::env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty())?;
    let text = std::fs::read(file).ok()?;
    let certificates: Vec<Certificate<'static>> = ureq::tls::parse_pem(&text)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    (!certificates.is_empty()).then(|| RootCerts::Specific(Arc::new(certificates)))
}
