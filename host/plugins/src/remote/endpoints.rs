//! Where requests for a declared host really go: there, or to an address that
//! the user's environment names.

use std::net::{IpAddr, SocketAddr};

use http::Uri;
use http::uri::{Authority, Scheme};

use super::access::AccessError;
use crate::manifest::Host;

/// Another address for a host, from the user's environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The host's name in the manifest.
    pub host: String,
    /// The variable.
    pub variable: String,
    /// Its value.
    pub url: String,
    endpoint: Endpoint,
}

/// Scheme, authority and path in front of what is below a host's `base`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    path: String,
}

impl Override {
    /// The first of the host's override variables that is set.
    pub(super) fn of(
        host: &Host,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, AccessError> {
        for name in &host.overrides {
            let Some(url) = variable(name).filter(|url| !url.is_empty()) else {
                continue;
            };
            let endpoint = Endpoint::parse(&url).map_err(|why| AccessError::Override {
                variable: name.clone(),
                why,
            })?;
            return Ok(Some(Self {
                host: host.name.clone(),
                variable: name.clone(),
                url,
                endpoint,
            }));
        }
        Ok(None)
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Whether it is this machine that requests go to.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.endpoint.is_loopback()
    }
}

impl Endpoint {
    /// What is wrong is said without the URL, which may hold a password.
    fn parse(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "it is no URL")?;
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err("it is no URL with a scheme and a host");
        };
        if authority.as_str().contains('@') {
            return Err("it has a user's name in it");
        }
        let path = parts.path_and_query;
        if path.as_ref().is_some_and(|path| path.query().is_some()) {
            return Err("it has a query");
        }
        let endpoint = Self {
            scheme,
            authority,
            path: path.map_or(String::new(), |path| {
                path.path().trim_end_matches('/').to_owned()
            }),
        };
        match endpoint.scheme.as_str() {
            "https" => Ok(endpoint),
            "http" if endpoint.is_loopback() => Ok(endpoint),
            "http" => Err("credentials would go over the network for all to read: use https"),
            _ => Err("it is neither https nor http"),
        }
    }

    fn is_loopback(&self) -> bool {
        let host = self.authority.host();
        let ip: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
        host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
    }

    /// The address of what the plugin calls `uri`, below the host's `base`.
    pub(crate) fn rewrite(&self, uri: &Uri, base: &str) -> Result<Uri, http::Error> {
        let whole = uri.path_and_query().map_or("/", |path| path.as_str());
        let below = whole.strip_prefix(base.trim_end_matches('/'));
        let path = format!("{}{}", self.path, below.unwrap_or(whole));
        let path = match path.as_str() {
            "" => "/".to_owned(),
            query if query.starts_with('?') => format!("/{query}"),
            _ => path,
        };
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
    }
}

/// Whether an address is on the public network: not this machine, not its own
/// network, nothing reserved.
pub(crate) fn is_public(address: SocketAddr) -> bool {
    use std::net::Ipv4Addr;
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
    match address.ip() {
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

    #[test]
    fn overrides_are_https_or_this_machine() {
        for url in [
            "https://proxy.test",
            "https://proxy.test/acme/",
            "http://127.0.0.1:8080/client/v4",
            "http://[::1]:8080",
            "http://localhost:1",
        ] {
            assert!(Endpoint::parse(url).is_ok(), "{url}");
        }
        for url in [
            "http://proxy.test",
            "http://127.0.0.1.evil.test",
            "https://user:word@proxy.test",
            "https://proxy.test/?x",
            "ftp://127.0.0.1",
            "/x",
            "",
        ] {
            assert!(Endpoint::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn what_is_below_the_base_is_below_the_override() {
        for (url, base, from, to) in [
            (
                "http://localhost:1/client/v4",
                "/client/v4",
                "https://a.test/client/v4/x?y=1",
                "http://localhost:1/client/v4/x?y=1",
            ),
            (
                "https://p.test",
                "/v4",
                "https://a.test/v4/x",
                "https://p.test/x",
            ),
            (
                "https://p.test/",
                "/",
                "https://a.test/x",
                "https://p.test/x",
            ),
            (
                "https://p.test/q",
                "/",
                "https://a.test/",
                "https://p.test/q/",
            ),
            (
                "https://p.test",
                "/v4",
                "https://a.test/v4?x=1",
                "https://p.test/?x=1",
            ),
        ] {
            let endpoint = Endpoint::parse(url).unwrap();
            let uri = endpoint.rewrite(&from.parse().unwrap(), base).unwrap();
            assert_eq!(uri.to_string(), to, "{url}");
        }
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
            let address = SocketAddr::new(ip.parse().unwrap(), 443);
            assert_eq!(is_public(address), public, "{ip}");
        }
    }
}
