//! Where requests may go.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::RemoteError;

/// Whom a request goes to, as the header `host` says it.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Whether it is this machine, which may be spoken to in the clear.
pub(crate) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// Refuses to speak in the clear to any machine but this one, and credentials
/// in an address, which would be shown with it.
pub(crate) fn check(url: &Url) -> Result<(), RemoteError> {
    let bad = |reason: String| {
        let mut shown = url.clone();
        shown.set_username("").ok();
        shown.set_password(None).ok();
        Err(RemoteError::Address {
            url: shown.to_string(),
            reason,
        })
    };
    if !url.username().is_empty() || url.password().is_some() {
        return bad("credentials do not belong into an address".to_owned());
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_local(url) => Ok(()),
        "http" => bad("http is for this machine only; write https".to_owned()),
        _ => bad("write https".to_owned()),
    }
}

/// Whether a store may send us from one address to another.
pub(crate) fn check_sent_to(from: &Url, to: &Url) -> Result<(), &'static str> {
    if check(to).is_err() {
        return Err("it sends to an address that is not encrypted");
    }
    // What listens on this machine takes requests from it for its user's own.
    if is_local(to) && !is_local(from) {
        return Err("it sends to this machine itself");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for good in [
            "https://a.test",
            "http://127.0.0.1:5000",
            "http://[::1]",
            "http://localhost",
        ] {
            assert!(check(&url(good)).is_ok(), "{good}");
        }
        for bad in [
            "http://a.test",
            "http://127.0.0.1.a.test",
            "ftp://localhost",
            "https://u:p@a.test",
        ] {
            let error = check(&url(bad)).unwrap_err().to_string();
            assert!(!error.contains("p@"), "{error}");
        }
    }

    #[test]
    fn a_store_sends_nobody_home_or_into_the_open() {
        let from = url("https://a.test");
        assert_eq!(check_sent_to(&from, &url("https://b.test/x")), Ok(()));
        for bad in ["http://b.test", "https://127.0.0.1", "http://localhost:1"] {
            assert!(check_sent_to(&from, &url(bad)).is_err(), "{bad}");
        }
        let here = url("http://127.0.0.1:1");
        assert_eq!(check_sent_to(&here, &url("http://127.0.0.1:2")), Ok(()));
    }
}
