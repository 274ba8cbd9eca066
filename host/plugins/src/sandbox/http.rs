//! The one way out for a provider: requests that its manifest declares and its
//! user granted.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Method, Request, Response, Uri};
use http_body_util::BodyExt;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::limits::{GuestClock, Violation};
use crate::manifest::Host;

/// What the current call may send.
pub(crate) struct HttpPolicy {
    pub(crate) hosts: Arc<Vec<Host>>,
    pub(crate) mode: Network,
    pub(crate) violation: Violation,
    pub(crate) clock: GuestClock,
}

/// How much of the network a call gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// None at all.
    None,
    /// Requests that change nothing.
    ReadOnly,
}

/// Headers that carry credentials: the host adds them, a plugin never does.
const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
];

impl HttpPolicy {
    fn check(&self, method: &Method, uri: &Uri, headers: &http::HeaderMap) -> Result<(), String> {
        let host = uri.host().unwrap_or_default();
        let target = format!("{method} {uri}");
        if self.mode == Network::None {
            return Err(format!("it sent `{target}` in a step that has no network"));
        }
        if uri.scheme_str() != Some("https") {
            return Err(format!("it sent `{target}`: only https is allowed"));
        }
        let declared = self.hosts.iter().find(|declared| declared.name == host);
        let Some(declared) = declared else {
            return Err(format!(
                "it sent `{target}`, and its manifest does not declare `{host}`"
            ));
        };
        if !declared
            .methods
            .iter()
            .any(|allowed| allowed == method.as_str())
        {
            return Err(format!(
                "it sent `{target}`, and its manifest does not declare {method}"
            ));
        }
        if self.mode == Network::ReadOnly && !matches!(*method, Method::GET | Method::HEAD) {
            return Err(format!("it sent `{target}` in a step that may only read"));
        }
        if let Some(header) = headers
            .keys()
            .find(|name| SECRET_HEADERS.contains(&name.as_str()))
        {
            return Err(format!(
                "it set the header `{header}`, which only the host may"
            ));
        }
        Ok(())
    }
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
        if let Err(rule) = self.check(request.method(), request.uri(), request.headers()) {
            self.violation.note(rule);
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        let clock = self.clock.clone();
        // The host's own patience, whatever the plugin wanted.
        let options = RequestOptions {
            connect_timeout: Some(Duration::from_secs(30)),
            first_byte_timeout: Some(Duration::from_secs(120)),
            between_bytes_timeout: Some(Duration::from_secs(60)),
        };
        Box::new(async move {
            refuse_private(request.uri()).await?;
            clock.pause();
            let sent = wasmtime_wasi_http::default_send_request(request, Some(options)).await;
            clock.run();
            let (response, io) = sent?;
            let io: Box<dyn Future<Output = Result<(), Error>> + Send> = Box::new(io);
            Ok((response.map(BodyExt::boxed_unsync), io))
        })
    }
}

/// Headers that say how a message is sent, which is the host's business.
pub(crate) fn is_framing(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "host"
            | "connection"
            | "content-length"
            | "keep-alive"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}

/// Refuses a name that resolves to this machine or its own network: a declared
/// host whose DNS answer points inward is an attack on what listens there.
async fn refuse_private(uri: &Uri) -> Result<(), Error> {
    let host = uri.host().ok_or(Error::HttpRequestUriInvalid)?;
    let port = uri.port_u16().unwrap_or(443);
    let mut addresses = tokio::net::lookup_host((host, port))
        .await
        .map_err(|_| Error::DestinationNotFound)?;
    if addresses.any(|address| !is_public(address.ip())) {
        return Err(Error::DestinationIpProhibited);
    }
    Ok(())
}

fn is_public(ip: std::net::IpAddr) -> bool {
    use std::net::{IpAddr, Ipv4Addr};
    let public_v4 = |ip: Ipv4Addr| {
        let [a, b, ..] = ip.octets();
        !(ip.is_loopback()
            || ip.is_private()
            || ip.is_link_local()
            || ip.is_unspecified()
            || ip.is_broadcast()
            || ip.is_multicast()
            || ip.is_documentation()
            || a == 0
            || (a == 100 && (64..128).contains(&b))
            || (a == 198 && (18..20).contains(&b))
            || a >= 240)
    };
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => public_v4(ip),
            None => {
                !(ip.is_loopback()
                    || ip.is_unspecified()
                    || ip.is_multicast()
                    || ip.is_unique_local()
                    || ip.is_unicast_link_local())
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(mode: Network) -> HttpPolicy {
        HttpPolicy {
            hosts: Arc::new(vec![Host {
                name: "api.acme.test".into(),
                methods: vec!["GET".into(), "POST".into()],
                base: "/".into(),
                overrides: Vec::new(),
                reads: Vec::new(),
                why: String::new(),
            }]),
            mode,
            violation: Violation::default(),
            clock: GuestClock::default(),
        }
    }

    #[test]
    fn only_declared_requests_leave() {
        let check = |mode, method: &str, uri: &str, header: Option<&'static str>| {
            let mut headers = http::HeaderMap::new();
            if let Some(name) = header {
                headers.insert(name, "x".parse().unwrap());
            }
            policy(mode)
                .check(&method.parse().unwrap(), &uri.parse().unwrap(), &headers)
                .is_ok()
        };
        assert!(check(
            Network::ReadOnly,
            "GET",
            "https://api.acme.test/v1",
            None
        ));
        assert!(!check(
            Network::None,
            "GET",
            "https://api.acme.test/v1",
            None
        ));
        assert!(!check(
            Network::ReadOnly,
            "POST",
            "https://api.acme.test/v1",
            None
        ));
        assert!(!check(
            Network::ReadOnly,
            "DELETE",
            "https://api.acme.test/v1",
            None
        ));
        assert!(!check(
            Network::ReadOnly,
            "GET",
            "http://api.acme.test/v1",
            None
        ));
        assert!(!check(Network::ReadOnly, "GET", "https://evil.test/", None));
        assert!(!check(
            Network::ReadOnly,
            "GET",
            "https://api.acme.test.evil.test/",
            None
        ));
        assert!(!check(
            Network::ReadOnly,
            "GET",
            "https://api.acme.test/",
            Some("authorization")
        ));
    }

    #[test]
    fn addresses_of_this_machine_and_its_network_are_not_public() {
        for (ip, public) in [
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("1.1.1.1", true),
            ("2606:4700::1", true),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
        }
    }
}
