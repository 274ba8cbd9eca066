//! Asking a URL whether something answers there, as anybody could: without
//! credentials, without following where it points.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt, Empty};
use wasmtime_wasi_http::RequestOptions;

use super::endpoints::is_public;

/// What a URL answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Its status.
    pub status: u16,
    /// Its header `x-run-digest`.
    pub digest: Option<String>,
}

/// Sends one GET request. Addresses of this machine and its network are asked
/// only where `private`.
///
/// # Errors
/// It does not answer, in words that follow the URL.
pub fn probe(url: &str, private: bool, patience: Duration) -> Result<Probe, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot be asked: {error}"))?;
    runtime.block_on(async {
        match tokio::time::timeout(patience, ask(url, private, patience)).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("does not answer within {} s", patience.as_secs())),
        }
    })
}

async fn ask(url: &str, private: bool, patience: Duration) -> Result<Probe, String> {
    let uri: Uri = url.parse().map_err(|_| "is no URL".to_owned())?;
    let host = uri.host().ok_or("is no URL with a host")?;
    let bare = host.trim_matches(['[', ']']);
    let port = match uri.scheme_str() {
        Some("https") => uri.port_u16().unwrap_or(443),
        _ => uri.port_u16().unwrap_or(80),
    };
    if !private {
        let found = tokio::net::lookup_host((bare, port)).await;
        let mut addresses = found.map_err(|_| "has a host that is not known (yet)".to_owned())?;
        if addresses.any(|address| !is_public(address)) {
            return Err("is on this machine or its own network".to_owned());
        }
    } else if uri.scheme_str() == Some("http")
        && bare != "localhost"
        && !bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    {
        return Err("is neither https nor on this machine".to_owned());
    }
    let authority = uri.authority().map_or(host, |authority| authority.as_str());
    let request = Request::get(&uri)
        .header(http::header::HOST, authority)
        .header(http::header::USER_AGENT, "run")
        .body(Empty::<Bytes>::new())
        .map_err(|_| "is no URL".to_owned())?;
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, body.map_err(|never| match never {}));
    let options = RequestOptions {
        connect_timeout: Some(patience),
        first_byte_timeout: Some(patience),
        between_bytes_timeout: Some(patience),
    };
    let (response, _connection) = wasmtime_wasi_http::default_send_request(request, Some(options))
        .await
        .map_err(|_| "does not answer (yet)".to_owned())?;
    let digest = response.headers().get("x-run-digest");
    Ok(Probe {
        status: response.status().as_u16(),
        digest: digest
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    })
}
