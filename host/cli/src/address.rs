//! Addresses to listen on, as they are typed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// `ADDRESS:PORT`, or a port of this machine for itself alone.
pub(crate) fn parse(text: &str) -> Result<SocketAddr, String> {
    if let Some(port) = text.strip_prefix(':').or(Some(text))
        && let Ok(port) = port.parse::<u16>()
    {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    let named = text
        .strip_prefix("localhost:")
        .map(|port| format!("127.0.0.1:{port}"));
    let text = named.as_deref().unwrap_or(text);
    text.parse().map_err(|_| {
        let help = match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => format!("add a port: `{text}:8080`"),
            Ok(IpAddr::V6(_)) => format!("add a port: `[{text}]:8080`"),
            Err(_) => "write ADDRESS:PORT, such as `127.0.0.1:8080`, or a port alone".to_owned(),
        };
        format!("it is no address to listen on; {help}")
    })
}

/// Where to listen unless told: the port that a platform gives in `PORT`, for
/// everyone, since whoever sets it passes requests on from elsewhere.
pub(crate) fn default(port: Option<&str>) -> Result<SocketAddr, String> {
    match port {
        None => Ok((Ipv4Addr::LOCALHOST, 8080).into()),
        Some(port) => port
            .parse::<u16>()
            .map(|port| (Ipv4Addr::UNSPECIFIED, port).into())
            .map_err(|_| format!("the variable PORT is `{port}`, which is no port")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_they_are_typed() {
        for (text, expected) in [
            ("8080", "127.0.0.1:8080"),
            (":0", "127.0.0.1:0"),
            ("localhost:1", "127.0.0.1:1"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), expected);
        }
        for bad in ["", "host:80", "127.0.0.1", "::1", "70000"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(default(Some("90")).unwrap().to_string(), "0.0.0.0:90");
        assert_eq!(default(None).unwrap().to_string(), "127.0.0.1:8080");
        assert!(default(Some("x")).is_err());
    }
}
