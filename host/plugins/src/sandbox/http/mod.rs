//! The one way out for a provider: requests that its manifest declares and its
//! user granted, with credentials that the host adds.

mod send;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::{HeaderMap, HeaderName, Method, Request, Response, Uri};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::limits::{GuestClock, Limits, Violation};
use crate::manifest::Host;
use crate::remote::{Access, Placeholders};

/// What the current call may send.
pub(crate) struct HttpPolicy {
    pub(crate) hosts: Arc<Vec<Host>>,
    pub(crate) mode: Network,
    pub(crate) violation: Violation,
    pub(crate) clock: GuestClock,
    pub(crate) access: Access,
    pub(crate) placeholders: Placeholders,
    pub(crate) limits: Limits,
    pub(crate) sent: AtomicU32,
}

/// How much of the network a call gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// None at all.
    None,
    /// Requests that change nothing.
    ReadOnly,
    /// All that is declared.
    Full,
}

/// Headers that carry credentials: the host adds them, a plugin never does.
const SECRET_HEADERS: &[&str] = &["proxy-authorization", "cookie", "x-api-key"];

/// A request that may leave.
struct Allowed {
    /// The name of its host in the manifest.
    host: String,
    base: String,
    /// What `*` of that name stands for.
    label: String,
}

impl HttpPolicy {
    /// No way out.
    pub(crate) fn closed(violation: Violation) -> Self {
        Self {
            hosts: Arc::default(),
            mode: Network::None,
            violation,
            clock: GuestClock::default(),
            access: Access::default(),
            placeholders: Placeholders::default(),
            limits: Limits::default(),
            sent: AtomicU32::new(0),
        }
    }

    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Allowed, String> {
        let host = uri.host().unwrap_or_default();
        let target = format!("{method} {uri}");
        if self.mode == Network::None {
            return Err(format!("it sent `{target}` in a step that has no network"));
        }
        if uri.scheme_str() != Some("https") {
            return Err(format!("it sent `{target}`: only https is allowed"));
        }
        let mut declared = self
            .hosts
            .iter()
            .filter_map(|declared| Some((declared, declared.matches(host)?)))
            .filter(|_| uri.port_u16().is_none_or(|port| port == 443))
            .peekable();
        if declared.peek().is_none() {
            return Err(format!(
                "it sent `{target}`, and its manifest does not declare `{host}`"
            ));
        }
        let Some((declared, label)) = declared.find(|(declared, _)| declared.covers(uri.path()))
        else {
            return Err(format!(
                "it sent `{target}`, which is not below what its manifest declares"
            ));
        };
        if climbs(uri.path()) {
            return Err(format!("it sent `{target}`, whose path goes back up"));
        }
        let only_reads = declared.only_reads(method.as_str(), uri.path(), headers);
        let named = declared.methods.iter().any(|name| name == method.as_str());
        if !named && !only_reads {
            return Err(format!(
                "it sent `{target}`, and its manifest does not declare {method}"
            ));
        }
        let reads = only_reads || matches!(*method, Method::GET | Method::HEAD);
        if self.mode == Network::ReadOnly && !reads {
            return Err(format!("it sent `{target}` in a step that may only read"));
        }
        let own = self.access.credential_for(&declared.name);
        let own = own.and_then(|given| given.header()).map(|(name, _)| name);
        let secret = |name: &&HeaderName| {
            SECRET_HEADERS.contains(&name.as_str())
                || run_sigv4::HEADERS.contains(&name.as_str())
                || own.as_ref() == Some(*name)
        };
        if let Some(header) = headers.keys().find(secret) {
            return Err(format!(
                "it set the header `{header}`, which only the host may"
            ));
        }
        if self.sent.fetch_add(1, Ordering::Relaxed) >= self.limits.requests {
            return Err(format!(
                "it sent more than {} requests in one step",
                self.limits.requests
            ));
        }
        Ok(Allowed {
            host: declared.name.clone(),
            base: declared.base.clone(),
            label: label.to_owned(),
        })
    }
}

/// Whether a step of the path is `..`, however it is written: what comes after
/// it would not be where the manifest says.
fn climbs(path: &str) -> bool {
    path.split('/').any(|step| {
        let step = step.to_ascii_lowercase().replace("%2e", ".");
        matches!(step.as_str(), "." | "..")
    }) || path.to_ascii_lowercase().contains("%2f..")
        || path.contains('\\')
}

type Answer = (
    Response<WasiBody>,
    Box<dyn Future<Output = Result<(), Error>> + Send>,
);

impl WasiHttpHooks for HttpPolicy {
    fn is_forbidden_header(&mut self, name: &HeaderName) -> bool {
        matches!(
            name.as_str(),
            "host" | "connection" | "transfer-encoding" | "upgrade"
        )
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        _wanted: Option<RequestOptions>,
        _sent: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<Answer, Error>> + Send> {
        match self.check(request.method(), request.uri(), request.headers()) {
            Ok(allowed) => {
                let sender = send::Sender::new(self, allowed);
                Box::new(async move { sender.send(request).await })
            }
            Err(rule) => {
                self.violation.note(rule);
                Box::new(async { Err(Error::HttpRequestDenied) })
            }
        }
    }
}

/// Headers that say how a message is sent, which is the host's business.
pub(crate) fn is_framing(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "host"
            | "connection"
            | "content-length"
            | "content-type"
            | "keep-alive"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(mode: Network) -> HttpPolicy {
        HttpPolicy {
            hosts: Arc::new(vec![Host {
                name: "api.acme.test".into(),
                methods: vec!["GET".into(), "POST".into()],
                base: "/v1".into(),
                overrides: Vec::new(),
                reads: vec!["POST /v1/search".into(), "PUT /v1 x-call=Ask".into()],
                why: String::new(),
            }]),
            mode,
            ..HttpPolicy::closed(Violation::default())
        }
    }

    #[test]
    fn only_declared_requests_leave() {
        const READ: Network = Network::ReadOnly;
        const FULL: Network = Network::Full;
        const V1: &str = "https://api.acme.test/v1";
        for (mode, method, uri, header, leaves) in [
            (READ, "GET", V1, None, true),
            (READ, "GET", "https://api.acme.test:443/v1/x?y", None, true),
            (READ, "POST", "https://api.acme.test/v1/search", None, true),
            (FULL, "POST", V1, None, true),
            (Network::None, "GET", V1, None, false),
            (READ, "POST", V1, None, false),
            (READ, "PUT", V1, Some(("x-call", "Ask")), true),
            (FULL, "PUT", V1, Some(("x-call", "Do")), false),
            (FULL, "DELETE", V1, None, false),
            (READ, "GET", "http://api.acme.test/v1", None, false),
            (READ, "GET", "https://api.acme.test:8443/v1", None, false),
            (READ, "GET", "https://evil.test/v1", None, false),
            (
                READ,
                "GET",
                "https://api.acme.test.evil.test/v1",
                None,
                false,
            ),
            (READ, "GET", "https://api.acme.test/v2", None, false),
            (READ, "GET", "https://api.acme.test/v1/../v2", None, false),
            (
                READ,
                "GET",
                "https://api.acme.test/v1/%2E%2e/v2",
                None,
                false,
            ),
            (
                READ,
                "GET",
                "https://api.acme.test/v1/a%2f../v2",
                None,
                false,
            ),
            (READ, "GET", V1, Some(("authorization", "x")), false),
            (READ, "GET", V1, Some(("x-amz-date", "x")), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some((name, value)) = header {
                headers.insert(name, value.parse().unwrap());
            }
            let checked =
                policy(mode).check(&method.parse().unwrap(), &uri.parse().unwrap(), &headers);
            assert_eq!(checked.is_ok(), leaves, "{method} {uri} {header:?}");
        }
    }

    #[test]
    fn requests_are_counted() {
        let mut policy = policy(Network::Full);
        policy.limits.requests = 1;
        let uri = "https://api.acme.test/v1".parse().unwrap();
        let send = || policy.check(&Method::GET, &uri, &HeaderMap::new()).is_ok();
        assert_eq!([send(), send()], [true, false]);
    }
}
