//! Origins that the component sends requests to.

use run_plugin_api::{Error, Result};

/// An origin as the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// Found again by the adapter: `adapter/io/src/backends.rs`.
    pub name: String,
    /// A host name or an address.
    pub address: String,
    /// Its port.
    pub port: u16,
    /// Whether it is spoken to in TLS.
    pub tls: bool,
}

/// What a service has that sends no requests. It cannot be activated without a
/// backend, and this is what the platform's own command makes then.
pub(crate) const ORIGINLESS: &str = "originless";

impl Backend {
    pub(crate) fn originless() -> Self {
        Self {
            name: ORIGINLESS.to_owned(),
            address: "127.0.0.1".to_owned(),
            port: 80,
            tls: false,
        }
    }

    /// `https://api.example.com:8443`, the scheme and the port where they are not
    /// those of `https`.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Err(
                Error::invalid_input(format!("`{text}` in `backends` {why}"))
                    .with_help("write an origin, such as `https://api.example.com`"),
            )
        };
        let (tls, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            Some(_) => return wrong("is neither http nor https"),
            None => (true, text),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@']) {
            return wrong("has more than a host and a port");
        }
        let (address, port) = match authority.rsplit_once(':') {
            Some((address, port)) if !port.ends_with(']') => match port.parse() {
                Ok(port) => (address, Some(port)),
                Err(_) => return wrong("has a port that is none"),
            },
            _ => (authority, None),
        };
        let address = address.trim_matches(['[', ']']);
        let fits = |c: char| c.is_ascii_alphanumeric() || ".-_:".contains(c);
        if address.is_empty() || !address.chars().all(fits) {
            return wrong("has no host that is one");
        }
        Ok(Self {
            name: authority.replace(['.', ':', '[', ']'], "_"),
            address: address.to_owned(),
            port: port.unwrap_or(if tls { 443 } else { 80 }),
            tls,
        })
    }

    /// A host name, and no address.
    pub(crate) fn host(&self) -> Option<&str> {
        let is_address = self.address.parse::<std::net::IpAddr>().is_ok();
        (!is_address).then_some(&self.address)
    }
}
